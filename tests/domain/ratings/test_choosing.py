"""Which item comes next."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings import taking
from domain.ratings.models import Rater
from domain.settings import Settings
from domain.studies.models import Study, StudyItem
from tests.factories import list_prompts, make_prompt_set
from tests.studies import make_design, make_rater, make_study

ONE = {"criteria": [{"key": "correctness", "levels": 3}], "controls": {"repeats": 0}}


def list_items(session: Session, study: Study) -> list[StudyItem]:
    query = select(StudyItem).where(StudyItem.study_id == study.id).order_by(StudyItem.id)
    return list(session.scalars(query))


def take_next(session: Session, rater: Rater, at: int) -> StudyItem:
    """One more than before."""
    held = taking.take(session, rater.id, num=at + 1).held
    return session.get_one(StudyItem, held[at].item_id)


def test_strata_come_in_turn(session: Session, settings: Settings) -> None:
    prompts = make_prompt_set(session, *(f"dish {n}" for n in range(6)), scope="regional")
    for number, prompt in enumerate(list_prompts(session, prompts)):
        prompt.stratum = "cuisine" if number < 4 else "landmark"
    session.flush()
    study = make_study(session, settings, prompts=prompts, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    strata = [take_next(session, rater, at).stratum for at in range(4)]

    assert sorted(strata[:2]) == sorted(strata[2:]) == ["cuisine", "landmark"]


def test_an_output_of_another_prompt_comes_before_one_more_of_the_same(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=3, num_arms=2, design=make_design(**ONE))
    rater = make_rater(session, study)
    prompts = [take_next(session, rater, at).prompt_id for at in range(3)]

    assert len(set(prompts)) == 3


def test_when_the_quota_is_near_what_has_the_fewest_ratings_comes_first(
    session: Session, settings: Settings
) -> None:
    design = make_design(**ONE, raters_per_item=10)
    study = make_study(session, settings, num_items=4, num_arms=1, design=design)
    fewest, *others = list_items(session, study)
    fewest.num_primary = 7
    for other in others:
        other.num_primary = 9
    session.flush()

    for _ in range(2):
        assert take_next(session, make_rater(session, study), 0).id == fewest.id


def test_a_lease_that_was_lost_is_offered_again_and_is_still_the_same_turn(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=1, num_arms=1, design=make_design(**ONE))
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held
    held.lease_expires_at = clock.now() - dt.timedelta(minutes=1)
    session.flush()
    (again,) = taking.take(session, rater.id).held

    assert (again.id, again.turn) == (held.id, 1)
    assert again.lease_expires_at > clock.now()
    (item,) = list_items(session, study)
    session.refresh(item)
    assert item.num_open == 1


def test_whoever_was_told_to_wait_gets_what_others_give_back(
    session: Session, settings: Settings
) -> None:
    design = make_design(**ONE, raters_per_item=1)
    study = make_study(session, settings, num_items=1, num_arms=1, design=design)
    first, second = (make_rater(session, study) for _ in range(2))
    (held,) = taking.take(session, first.id).held
    assert taking.take(session, second.id).empty == "waiting"
    taking.skip(session, first.id, held.id)

    assert len(taking.take(session, second.id).held) == 1
    assert session.scalars(select(StudyItem.num_open)).one() == 1


def test_an_empty_stratum_is_a_stratum_like_any_other(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, num_items=3, num_arms=1, design=make_design(**ONE))
    session.execute(update(StudyItem).values(stratum=""))
    rater = make_rater(session, study)

    assert len(taking.take(session, rater.id, num=5).held) == 3
