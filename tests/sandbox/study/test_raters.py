"""Simulated raters: known, marked, and bound to the same rules as people."""

import uuid
from collections.abc import Sequence
from statistics import mean
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.outputs.models import Output
from domain.prompts.models import Prompt
from domain.ratings import coverage, export
from domain.ratings.errors import SimulatedElsewhere
from domain.ratings.models import Assignment, AssignmentState, Rater
from domain.settings import Settings
from domain.studies import opening
from domain.studies.errors import StudyNotOpen
from domain.studies.models import ItemKind, Study, StudyItem
from sandbox.study import raters
from sandbox.study.raters import Simulated
from specs.study.design import Criterion
from tests.studies import make_design, make_draft, make_study, open_study

CRITERION = Criterion(key="correctness", levels=3)


def make_sandbox(session: Session, settings: Settings, **changes: Any) -> Study:
    """Three prompts of different things, two arms, and a judge who likes every picture."""
    draft = make_draft(session, settings, is_sandbox=True, design=make_design(**changes))
    session.execute(update(Prompt).values(category=Prompt.key))
    session.execute(update(Output).values(facts={"judged": 1.0}))
    return open_study(session, draft)


def rate_all(session: Session, study: Study, added: Sequence[Simulated]) -> dict[int, int]:
    """In turns, as the command does."""
    found = {each.number: 0 for each in added}
    is_work_left = True
    while is_work_left:
        is_work_left = False
        for each in added:
            num = raters.rate_some(session, study, each)
            found[each.number] += num
            is_work_left = is_work_left or num > 0
    return found


def make_simulated(severity: float = 0.0, noise: float = 0.0) -> Simulated:
    return Simulated(rater_id=uuid.uuid4(), number=1, severity=severity, noise=noise, seed="1 1")


@pytest.mark.parametrize(
    ("true", "severity", "level"),
    [(0, 0, 1), (0.5, 0, 2), (1, 0, 3), (1, 1, 2), (1, 5, 1), (0, -5, 3)],
)
def test_without_noise_a_level_is_what_is_true_less_the_severity(
    true: float, severity: float, level: int
) -> None:
    assert make_simulated(severity).choose(true, CRITERION, uuid.uuid4()) == level


def test_noise_spreads_and_severity_shifts() -> None:
    items = [uuid.UUID(int=number) for number in range(500)]
    noisy, severe = make_simulated(noise=0.6), make_simulated(0.5, 0.6)
    said = [noisy.choose(0.5, CRITERION, item) for item in items]
    harder = [severe.choose(0.5, CRITERION, item) for item in items]

    assert set(said) == {1, 2, 3}
    assert mean(said) == pytest.approx(2, abs=0.1)
    assert mean(said) - mean(harder) == pytest.approx(0.5, abs=0.15)


def test_each_rates_everything_that_is_open_and_is_known_as_what_it_is(
    session: Session, settings: Settings
) -> None:
    study = make_sandbox(
        session, settings, raters_per_item=3,
        controls={"repeats": 0.34, "checks": 1, "wrong_culture": 0.34},
    )  # fmt: skip
    added = raters.add(session, study, 2, settings=settings, seed=1)
    num_items = len(session.scalars(select(StudyItem).where(StudyItem.study_id == study.id)).all())
    rated = rate_all(session, study, added)

    assert set(rated.values()) == {num_items}
    assert {row.is_simulated for row in export.list_ratings(session, study)} == {True}
    assert [row.rater.is_simulated for row in coverage.list_raters(session, study)] == [True, True]
    total = coverage.count_total(coverage.list_covered(session, study))
    assert coverage.count_simulated(session, study) == total.num_primary == 2 * total.num_items
    for each, row in zip(added, session.scalars(select(Rater).order_by(Rater.number)), strict=True):
        assert (row.profile["severity"], row.profile["noise"]) == (each.severity, each.noise)
        assert (row.user_id, row.is_in_region) == (None, True)
        assert row.practised_at is not None


def test_a_check_is_obeyed_and_a_picture_of_something_else_is_wrong(
    session: Session, settings: Settings
) -> None:
    study = make_sandbox(
        session, settings, controls={"repeats": 0, "checks": 2, "wrong_culture": 0.34}
    )
    (one,) = raters.add(session, study, 1, settings=settings, seed=1)
    calm = Simulated(rater_id=one.rater_id, number=1, severity=0, noise=0, seed="1 1")
    rate_all(session, study, [calm])
    kinds = dict(session.execute(select(StudyItem.id, StudyItem.kind)).all())
    values: dict[str, set[int]] = {}
    for row in export.list_ratings(session, study):
        values.setdefault(kinds[row.item], set()).add(row.scores[0].value)

    assert (values[ItemKind.PRIMARY], values[ItemKind.WRONG_CULTURE]) == ({3}, {1})
    assert session.get_one(Rater, one.rater_id).num_controls_failed == 0


def test_they_share_what_is_left_and_never_go_over_the_quota(
    session: Session, settings: Settings
) -> None:
    study = make_sandbox(session, settings, raters_per_item=1)
    added = raters.add(session, study, 3, settings=settings, seed=1)
    rated = rate_all(session, study, added)

    assert sum(rated.values()) == 6
    states = session.scalars(select(Assignment.state)).all()
    assert set(states) == {AssignmentState.PRIMARY}
    (late,) = raters.add(session, study, 1, settings=settings, seed=1)
    assert raters.rate_some(session, study, late) == 0


def test_the_same_seed_draws_the_same_raters_and_the_next_ones_are_others(
    session: Session, settings: Settings
) -> None:
    first, second = (
        raters.add(session, make_sandbox(session, settings), 3, settings=settings, seed=4)
        for _ in range(2)
    )
    drawn = [(each.severity, each.noise) for each in first]

    assert [(each.severity, each.noise) for each in second] == drawn
    assert len(set(drawn)) == 3
    assert all(raters.NOISE[0] <= noise <= raters.NOISE[1] for _, noise in drawn)


def test_a_study_of_people_takes_none(session: Session, settings: Settings) -> None:
    study = make_study(session, settings)
    with pytest.raises(SimulatedElsewhere, match=f"'{study.name}' is a study of people"):
        raters.add(session, study, 1, settings=settings, seed=1)
    assert session.scalars(select(Rater)).all() == []


def test_a_study_that_rests_takes_none(session: Session, settings: Settings) -> None:
    study = make_sandbox(session, settings)
    opening.pause(session, study, actor=None)
    with pytest.raises(StudyNotOpen):
        raters.add(session, study, 1, settings=settings, seed=1)


def test_in_the_study_that_comes_along_they_tell_the_mixtures_apart(
    session: Session, settings: Settings, sandbox_study: Study
) -> None:
    (one,) = raters.add(session, sandbox_study, 1, settings=settings, seed=1)
    while raters.rate_some(session, sandbox_study, one):
        pass
    opening.close(session, sandbox_study, actor=None)
    by_arm: dict[str, list[int]] = {}
    for row in export.list_ratings(session, sandbox_study):
        if row.kind == ItemKind.PRIMARY and row.arms:
            by_arm.setdefault(str(row.arms[0]), []).append(row.scores[0].value)

    assert {len(values) for values in by_arm.values()} == {24}
    assert mean(by_arm["Sandbox study beta-1"]) > mean(by_arm["Sandbox study beta-0"]) + 0.3
