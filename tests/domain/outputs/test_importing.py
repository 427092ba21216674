"""Outputs that were made elsewhere become rows: of their prompts, their models, and themselves."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.outputs import errors, importing, queries, service
from domain.outputs.importing import Given, Imported
from domain.prompts import queries as prompts
from domain.shelf import service as shelf
from specs.prompts import PromptLine
from tests.factories import (
    list_prompts,
    make_artifact,
    make_job,
    make_output,
    make_prompt_set,
    make_user,
    make_variant,
)

PROMPTS = (
    PromptLine(key="p1", text="a market", scope="regional", region="sea", country="TH"),
    PromptLine(key="p2", text="What is it?", scope="regional", language="en"),
)


def make_picture(arm: str, **changes: Any) -> dict[str, Any]:
    row = {"variant": arm, "prompt_key": "p1", "prompt": "a market", "seed": 0, "scope": "regional"}
    return row | {"file": "a.png", "sha256": "c" * 64, "width": 64, "height": 32} | changes


def make_answer(arm: str, text: str, **changes: Any) -> dict[str, Any]:
    row = {"variant": arm, "prompt_key": "p2", "prompt": "What is it?", "seed": 0}
    return row | {"text": text, "scope": "regional"} | changes


def record(
    session: Session, *rows: dict[str, Any], name: str = "Given", **changes: Any
) -> Imported:
    job = make_job(session, created_by_id=make_user(session).id)
    arms = tuple(dict.fromkeys(row["variant"] for row in rows))
    given = {"name": name, "source": "in", "prompts": PROMPTS, "arms": arms, "rows": rows}
    return importing.record(session, job, Given(**given | changes), make_artifact(session))


def test_arms_that_were_not_made_here_become_models_with_nothing_but_outputs(
    session: Session,
) -> None:
    made = record(session, make_picture("One"), make_answer("Other", "A <b>boat</b>"))
    assert made.num_new == 2
    one, other = made.variants["One"], made.variants["Other"]
    assert (one.role, one.family, one.base_id, one.artifact_id) == (
        "external", "external", None, None,
    )  # fmt: skip
    assert one.job_id is not None
    (shown,) = queries.list_outputs(session, variant_id=one.id)
    assert (shown.output.file, shown.output.width, shown.output.text) == ("a.png", 64, None)
    (shown,) = queries.list_outputs(session, variant_id=other.id)
    assert (shown.output.text, shown.output.file) == ("A <b>boat</b>", None)
    first, second = list_prompts(session, made.prompt_set)
    assert (first.key, first.region, first.country, second.language) == ("p1", "sea", "TH", "en")
    assert made.prompt_set.created_by_id == one.created_by_id is not None


def test_an_import_that_is_repeated_adds_nothing(session: Session) -> None:
    rows = (make_picture("One"), make_answer("One", "A boat"), make_picture("One", seed=1))
    first = record(session, *rows)
    again = record(session, *rows, name="Another name")
    assert (first.num_new, again.num_new) == (3, 0)
    assert again.prompt_set.id == first.prompt_set.id
    assert again.variants["One"].id == first.variants["One"].id
    assert prompts.count_prompt_sets(session) == 1


def test_of_several_sets_with_these_prompts_the_one_of_the_name_is_taken(session: Session) -> None:
    first = record(session, make_picture("One")).prompt_set
    digest = first.digest
    second = make_prompt_set(session, "else", name="Second")
    second.digest = digest
    session.flush()
    assert prompts.find_by_digest(session, digest) == first
    assert prompts.find_by_digest(session, digest, name="Second") == second
    shelf.archive(session, first, actor=None)
    assert prompts.find_by_digest(session, digest) == second
    assert prompts.find_by_digest(session, "0" * 64) is None


def test_an_arm_that_is_the_name_of_a_model_here_belongs_to_it(session: Session) -> None:
    base = make_variant(session, name="World")
    made = record(session, make_picture("World"))
    assert made.variants["World"].id == base.id
    assert base.role == "base"
    shelf.archive(session, base, actor=None)
    with pytest.raises(errors.ArmArchived, match="'World' is the name of an archived variant"):
        record(session, make_picture("World"))


def test_models_whose_pictures_differ_in_size_are_still_compared(session: Session) -> None:
    made = record(session, make_picture("One"), make_picture("Other", width=512, height=512))
    ids = [variant.id for variant in made.variants.values()]
    (row,) = queries.list_compared(session, ids)
    assert set(row.by_variant) == set(ids)


def test_what_else_a_row_says_is_kept_as_facts(session: Session) -> None:
    made = record(session, make_picture("One", steps=30, annotator="R"))
    (shown,) = queries.list_outputs(session, variant_id=made.variants["One"].id)
    assert shown.output.facts == {"steps": 30, "annotator": "R"}


def test_a_row_of_a_prompt_that_was_not_given_is_refused(session: Session) -> None:
    with pytest.raises(errors.PromptUnknown, match="made of the prompt 'p9'"):
        record(session, make_picture("One", prompt_key="p9"))


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "both"},
        {"file": None},
        {"width": None},
        {"question_file": "q.png"},
        {"file": None, "sha256": None, "width": None, "height": None},
        {"text": "", "file": None, "sha256": None, "width": None, "height": None},
    ],
    ids=["both", "no file", "no size", "a question of a picture", "neither", "no words"],
)
def test_an_output_is_a_whole_picture_or_an_answer(
    session: Session, changes: dict[str, Any]
) -> None:
    prompt = list_prompts(session, make_prompt_set(session))[0]
    variant = make_variant(session)
    with pytest.raises(IntegrityError, match=r"picture_or_answer|ck_outputs_text"):
        make_output(session, variant, prompt, **changes)


def test_an_answer_has_no_picture_but_perhaps_that_of_its_question(
    session: Session, tmp_path: Any
) -> None:
    (tmp_path / "q.gif").write_bytes(b"GIF89a")
    artifact: Artifact = make_artifact(session, uri=tmp_path.as_uri())
    prompt = list_prompts(session, make_prompt_set(session))[0]
    nothing = dict.fromkeys(("file", "sha256", "width", "height"))
    variant = make_variant(session)
    answer = make_output(session, variant, prompt, text="A boat", **nothing)
    with pytest.raises(errors.NoPicture, match="is an answer in words; it has no picture"):
        service.read_picture(session, answer)
    with pytest.raises(errors.NoQuestionPicture, match="has no picture that was asked about"):
        service.read_question_picture(session, answer)
    asked = make_output(
        session, variant, prompt, seed=1, text="A boat", question_file="q.gif",
        artifact_id=artifact.id, **nothing,
    )  # fmt: skip
    assert service.read_question_picture(session, asked) == (b"GIF89a", "image/gif")
