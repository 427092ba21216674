"""Giving out work, one rater after another."""

import datetime as dt
import itertools
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings import coverage, enrolment, errors, saving, taking, views
from domain.ratings.models import AssignmentState, Rating
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies import opening
from domain.studies.models import ItemKind, StudyItem
from tests.studies import make_design, make_rater, make_study, make_wording

ONE = {"criteria": [{"key": "correctness", "levels": 3}], "controls": {"repeats": 0}}


def say(value: object = 2, **more: object) -> Submission:
    return Submission(client_key=uuid.uuid4(), values={"correctness": value}, **more)  # type: ignore[arg-type]


def rate_all(session: Session, rater_id: uuid.UUID, value: object = 2) -> list[uuid.UUID]:
    done = []
    while held := taking.take(session, rater_id).held:
        saving.submit(session, rater_id, held[0].id, say(value))
        done.append(held[0].item_id)
    return done


def test_a_rater_gets_every_item_once_and_no_prompt_twice_in_a_row(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=5, design=make_design(**ONE))
    rater = make_rater(session, study)
    done = rate_all(session, rater.id)
    prompts = [session.get_one(StudyItem, each).prompt_id for each in done]

    assert len(done) == len(set(done)) == 10
    assert all(one != other for one, other in itertools.pairwise(prompts))
    assert taking.take(session, rater.id).empty == "finished"


def test_two_raters_have_orders_of_their_own(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, num_items=6, design=make_design(**ONE))
    one, two = (rate_all(session, make_rater(session, study).id) for _ in range(2))

    assert sorted(one) == sorted(two)
    assert one != two


def test_what_one_holds_nobody_else_gets_beyond_the_quota(
    session: Session, settings: Settings
) -> None:
    design = make_design(**ONE, raters_per_item=1)
    study = make_study(session, settings, num_items=1, design=design)
    first, second = (make_rater(session, study) for _ in range(2))
    held = taking.take(session, first.id, num=5).held

    assert len(held) == 2
    assert taking.take(session, second.id).empty == "waiting"


def test_a_lease_that_ended_goes_to_somebody_else_and_what_comes_late_is_surplus(
    session: Session, settings: Settings
) -> None:
    design = make_design(**ONE, raters_per_item=1)
    study = make_study(session, settings, num_items=1, num_arms=1, design=design)
    first, second = (make_rater(session, study) for _ in range(2))
    (late,) = taking.take(session, first.id).held
    late.lease_expires_at = clock.now() - dt.timedelta(seconds=1)
    session.flush()
    (taken,) = taking.take(session, second.id).held
    in_time = saving.submit(session, second.id, taken.id, say(3))
    afterwards = saving.submit(session, first.id, late.id, say(1))

    assert in_time.state == AssignmentState.PRIMARY
    assert afterwards.state == AssignmentState.SURPLUS
    assert len(session.scalars(select(Rating)).all()) == 2


def test_a_late_rating_counts_where_nobody_else_took_the_place(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=1, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held
    held.lease_expires_at = clock.now() - dt.timedelta(hours=2)
    session.flush()
    taking.release_expired(session, study)

    assert saving.submit(session, rater.id, held.id, say()).state == AssignmentState.PRIMARY


def test_cannot_judge_is_no_score_and_frees_the_place(session: Session, settings: Settings) -> None:
    design = make_design(**ONE, raters_per_item=1)
    study = make_study(session, settings, num_items=1, num_arms=1, design=design)
    first, second = (make_rater(session, study) for _ in range(2))
    (held,) = taking.take(session, first.id).held
    sent = Submission(client_key=uuid.uuid4(), cannot_judge="not_my_region")
    saved = saving.submit(session, first.id, held.id, sent)

    assert saved.state == AssignmentState.CANNOT_JUDGE
    assert saving.read_scores(session, saved.rating_id) == {}
    assert taking.take(session, first.id).empty == "finished"
    assert len(taking.take(session, second.id).held) == 1


def test_a_change_supersedes_and_history_stays(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, num_items=1, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held
    saving.submit(session, rater.id, held.id, say(1))
    saving.submit(session, rater.id, held.id, say(3, comment="On second thoughts"))
    newest = saving.find_newest(session, held.id)
    item = session.get_one(StudyItem, held.item_id)

    assert newest is not None
    assert saving.read_scores(session, newest.id) == {("correctness", 0): 3}
    assert len(session.scalars(select(Rating)).all()) == 2
    assert item.num_primary == 1


def test_the_same_key_again_adds_nothing(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, num_items=1, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held
    sent = say()
    first, again = (saving.submit(session, rater.id, held.id, sent) for _ in range(2))

    assert (first.rating_id, again.was_known) == (again.rating_id, True)
    assert len(session.scalars(select(Rating)).all()) == 1


def test_somebody_elses_item_is_not_there(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, design=make_design(**ONE))
    mine, other = (make_rater(session, study) for _ in range(2))
    (held,) = taking.take(session, mine.id).held

    for token in (held.id, uuid.uuid4()):
        with pytest.raises(errors.AssignmentNotFound):
            saving.submit(session, other.id, token, say())


def test_who_leaves_is_erased_and_their_places_are_free(
    session: Session, settings: Settings
) -> None:
    design = make_design(**ONE, raters_per_item=1)
    study = make_study(session, settings, num_items=2, num_arms=1, design=design)
    rater, other = (make_rater(session, study) for _ in range(2))
    (held, *_) = taking.take(session, rater.id, num=2).held
    saving.submit(session, rater.id, held.id, say())
    left = enrolment.withdraw(session, rater.id)

    assert (left.num_erased, left.user_id, left.profile) == (1, None, {})
    assert session.scalars(select(Rating)).all() == []
    assert len(taking.take(session, other.id, num=5).held) == 2


def test_a_repeat_comes_after_what_it_repeats_and_a_wrong_one_pauses(
    session: Session, settings: Settings
) -> None:
    controls = {"repeats": 0.5, "warn_after": 1, "pause_after": 2}
    design = make_design(criteria=ONE["criteria"], controls=controls)
    study = make_study(session, settings, num_items=4, num_arms=1, design=design)
    rater = make_rater(session, study)
    seen: list[uuid.UUID] = []
    warnings = []
    for _ in range(6):
        (held,) = taking.take(session, rater.id).held
        item = session.get_one(StudyItem, held.item_id)
        if item.kind == ItemKind.REPEAT:
            assert item.original_id in seen
        seen.append(item.id)
        value = 3 if item.kind == ItemKind.REPEAT else 1
        warnings.append(saving.submit(session, rater.id, held.id, say(value)).is_warned)

    assert warnings.count(True) == 1
    with pytest.raises(errors.RaterPaused):
        taking.take(session, rater.id)


def test_a_paused_study_gives_nothing_out_and_takes_everything_in(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held
    opening.pause(session, study, actor=None)

    with pytest.raises(errors.StudyResting):
        taking.take(session, rater.id)
    assert saving.submit(session, rater.id, held.id, say()).state == AssignmentState.PRIMARY


def test_what_arrives_after_closing_is_kept_and_does_not_count(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    first, second = taking.take(session, rater.id, num=2).held
    saving.submit(session, rater.id, first.id, say())
    opening.close(session, study, actor=None)

    assert saving.submit(session, rater.id, second.id, say()).state == AssignmentState.SURPLUS
    with pytest.raises(errors.StudyOver):
        saving.submit(session, rater.id, first.id, say(3))


def test_positions_are_balanced_stored_and_the_same_on_every_visit(
    session: Session, settings: Settings
) -> None:
    design = make_design(form="pair", criteria=[{"key": "correctness"}], controls={"repeats": 0})
    study = make_study(session, settings, num_items=9, num_arms=2, design=design)
    rater = make_rater(session, study)
    firsts = []
    for _ in range(9):
        (held,) = taking.take(session, rater.id).held
        again = views.show(session, rater, held, "en")
        assert views.show(session, rater, held, "en").outputs == again.outputs
        saving.submit(session, rater.id, held.id, say("1"))
        newest = saving.find_newest(session, held.id)
        assert newest is not None
        assert newest.slots == held.slots
        # What stood first won: the score names its slot, wherever it stood.
        assert saving.read_scores(session, newest.id) == {("correctness", 0): held.slots[0]}
        firsts.append(held.slots[0] == 0)

    assert coverage.count_progress(session, rater) == (9, 9)
    assert 0 < sum(firsts) < 9


def test_the_words_of_a_task_are_the_raters_own_where_the_study_has_them(
    session: Session, settings: Settings
) -> None:
    design = make_design(**ONE)
    thai = {"title": "อาหารเช้า", "prompts": {"0001": "จานหนึ่ง"}}
    study = make_study(
        session, settings, num_items=1, num_arms=1, design=design,
        wording=make_wording(design, th=thai),
    )  # fmt: skip
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held

    assert views.show(session, rater, held, "th").prompt == "จานหนึ่ง"
    assert views.show(session, rater, held, "th").prompt_language == "th"
    assert views.show(session, rater, held, "km").prompt == "dish 0"
