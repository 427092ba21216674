"""A look at a study in the place of a rater: what raters see, and no trace of it."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.outputs.models import Output
from domain.ratings import errors, previewing, taking, views
from domain.ratings.models import Assignment, Rater, Rating
from domain.ratings.previewing import NothingToShow
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies import drafting
from domain.studies.drafting import ArmChoice
from domain.studies.models import Study, StudyItem
from tests.factories import make_variant
from tests.studies import make_design, make_draft, make_rater, make_study, make_wording


def test_an_open_studys_item_is_shown_as_its_rater_gets_it(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2)
    rater = make_rater(session, study)
    held = taking.take(session, rater.id, num=4).held
    ids = list(session.scalars(select(StudyItem.id).order_by(StudyItem.id)))
    theirs = {ids.index(each.item_id): views.show(session, rater, each, "en") for each in held}

    assert previewing.count_items(session, study) == len(theirs) == 4
    for number, task in theirs.items():
        shown = previewing.show(session, study, number, "en")
        assert (shown.prompt, shown.outputs, shown.criteria, shown.country) == (
            task.prompt,
            task.outputs,
            task.criteria,
            task.country,
        )


@pytest.mark.parametrize(("form", "num_arms", "num_items"), [("likert", 2, 4), ("rank", 3, 2)])
def test_a_draft_shows_what_it_would_ask(
    session: Session, settings: Settings, form: str, num_arms: int, num_items: int
) -> None:
    draft = make_draft(
        session, settings, design=make_design(form=form), num_items=2, num_arms=num_arms
    )

    assert previewing.count_items(session, draft) == num_items
    first, again = (previewing.show(session, draft, 0, "en") for _ in range(2))
    assert first.prompt == again.prompt
    assert first.token == again.token
    assert len(first.outputs) == (1 if form == "likert" else 3)


def test_a_draft_shows_prompts_only_of_which_all_arms_have_outputs(
    session: Session, settings: Settings
) -> None:
    draft = make_draft(session, settings, num_items=3)
    lost = session.scalars(select(Output).order_by(Output.id)).first()
    assert lost is not None
    session.delete(lost)
    session.flush()
    assert previewing.count_items(session, draft) == 4
    extra = ArmChoice(variant_id=make_variant(session).id)
    drafting.choose_arms(session, draft, [extra], actor=None)

    assert previewing.count_items(session, draft) == 0
    with pytest.raises(NothingToShow):
        previewing.show(session, draft, 0, "en")


def test_criteria_without_words_are_left_out_of_a_draft(
    session: Session, settings: Settings
) -> None:
    few = make_design(criteria=[{"key": "correctness", "levels": 3}])
    draft = make_draft(session, settings, wording=make_wording(few))
    task = previewing.show(session, draft, 0, "en")

    assert [each.key for each in task.criteria] == ["correctness"]
    sent = Submission(client_key=task.token, values={"correctness": "3"})
    previewing.check(draft, task, sent)


def test_an_answer_is_judged_as_a_raters_and_leaves_no_trace(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings)
    task = previewing.show(session, study, 0, "en")
    with pytest.raises(errors.RatingIncomplete):
        previewing.check(study, task, Submission(client_key=task.token))
    previewing.check(study, task, Submission(client_key=task.token, cannot_judge="broken"))
    session.flush()

    for table in (Assignment, Rater, Rating):
        assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.fixture
def drawn(session: Session, settings: Settings, tmp_path: Path) -> Study:
    """A draft whose arms draw in sizes and formats of their own."""
    draft = make_draft(session, settings, num_items=1)
    for number, output in enumerate(session.scalars(select(Output).order_by(Output.id))):
        folder = tmp_path / str(number)
        folder.mkdir()
        output.file, output.width = "a.jpg" if number else "a.png", 48 + 16 * number
        Image.new("RGB", (output.width, 64), "teal").save(folder / output.file)
        session.get_one(Artifact, output.artifact_id).uri = folder.as_uri()
    session.flush()
    return draft


def test_pictures_of_a_draft_have_one_size_and_format_whatever_the_arm(
    session: Session, drawn: Study
) -> None:
    found = set()
    for number in range(previewing.count_items(session, drawn)):
        (shown,) = previewing.show(session, drawn, number, "en").outputs
        data = previewing.read_picture(session, drawn, number, 0)
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.size == (shown.width, shown.height)
            found.add((picture.format, picture.size, bool(picture.info.get("exif"))))

    assert found == {("WEBP", (64, 64), False)}
    with pytest.raises(NothingToShow):
        previewing.read_picture(session, drawn, 0, 1)
