"""What researchers' pages show of a study that is being rated."""

import uuid
from collections import Counter
from dataclasses import asdict, replace

import pytest
from sqlalchemy.orm import Session

from domain.ratings import coverage, enrolment, errors, export, queries, saving, taking
from domain.ratings.models import Assignment, Rater
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies.models import Study
from tests.studies import make_design, make_draft, make_rater, make_study

DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])


def rate(session: Session, rater: Rater, assignment: Assignment, **said: object) -> None:
    values = {} if "cannot_judge" in said else {"correctness": 2}
    sent = Submission(client_key=uuid.uuid4(), values=values, **said)  # type: ignore[arg-type]
    saving.submit(session, rater.id, assignment.id, sent)


def rate_all(session: Session, study: Study) -> Rater:
    rater = make_rater(session, study)
    while held := taking.take(session, rater.id).held:
        rate(session, rater, held[0])
    return rater


def test_studies_are_told_in_one_line_each(session: Session, settings: Settings) -> None:
    rated = make_study(session, settings, num_items=2, design=DESIGN)
    draft = make_draft(session, settings, num_arms=3)
    rate_all(session, rated)
    enrolment.withdraw(session, make_rater(session, rated).id)
    found = queries.summarize(session, [rated.id, draft.id])

    assert asdict(found[rated.id]) == {
        "num_arms": 2,
        "num_wanted": 8,
        "num_primary": 4,
        "num_raters": 1,
    }
    assert asdict(found[draft.id]) == {
        "num_arms": 3,
        "num_wanted": 0,
        "num_primary": 0,
        "num_raters": 0,
    }
    assert queries.summarize(session, []) == {}


def test_exhausted_items_are_listed_with_what_they_lack(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2, design=DESIGN)
    assert queries.list_exhausted(session, study) == []
    rate_all(session, study)
    found = queries.list_exhausted(session, study)

    assert [each.number for each in found] == [0, 1, 2, 3]
    assert {each.num_missing for each in found} == {1}
    assert len(found) == coverage.count_exhausted(session, study)


def test_a_flagged_item_is_listed_with_what_its_rater_says_now(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2, design=DESIGN)
    rater = make_rater(session, study)
    first, second = taking.take(session, rater.id, num=2).held
    rate(session, rater, first, comment="What is this?")
    rate(session, rater, first, cannot_judge="broken", comment="Half of it is missing.")
    for each in (first, second):
        saving.flag(session, rater.id, each.id)
    found = {each.comment: each for each in queries.list_flagged(session, study)}

    assert set(found) == {"Half of it is missing.", ""}
    assert found["Half of it is missing."].cannot_judge == "broken"
    assert {each.rater for each in found.values()} == {1}
    assert {each.number for each in found.values()} <= set(range(4))


def work(session: Session, rater: Rater) -> None:
    """All there is: one is flagged, one cannot be judged, one is skipped, the rest is rated."""
    flagged, unclear, skipped, *rest = taking.take(session, rater.id, num=taking.MOST_HELD).held
    rate(session, rater, flagged, active_ms=4200)
    saving.flag(session, rater.id, flagged.id)
    rate(session, rater, unclear, cannot_judge="broken")
    taking.skip(session, rater.id, skipped.id)
    for each in rest:
        rate(session, rater, each)


def test_a_simulated_rater_is_nobody_and_yet_missing_nowhere(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2, design=DESIGN, is_sandbox=True)
    person, simulated = make_rater(session, study), enrolment.simulate(session, study)
    for each in (person, simulated):
        work(session, each)
    theirs, its = coverage.list_raters(session, study)
    rows = export.list_ratings(session, study)

    assert (person.user_id is None, simulated.user_id) == (False, None)
    assert (theirs.rater, its.rater) == (person, simulated)
    assert replace(its, rater=person) == theirs
    assert its.num_rated == 2
    assert Counter(row.rater for row in rows) == {person.number: 3, simulated.number: 3}
    assert {row.rater for row in rows if row.is_simulated} == {simulated.number}
    assert coverage.count_total(coverage.list_covered(session, study)).num_primary == 4
    assert coverage.count_simulated(session, study) == 2
    assert queries.summarize(session, [study.id])[study.id].num_raters == 2
    assert {each.rater for each in queries.list_flagged(session, study)} == {1, 2}
    assert coverage.count_progress(session, simulated) == coverage.count_progress(session, person)
    assert queries.get_rater(session, study, simulated.id) is simulated
    # Of those who are there, both have had every item.
    assert coverage.count_exhausted(session, study) == len(
        [row for row in queries.list_exhausted(session, study) if row.num_missing]
    )


def test_a_rater_is_found_in_their_own_study_only(session: Session, settings: Settings) -> None:
    study, other = (make_study(session, settings, design=DESIGN) for _ in range(2))
    rater = make_rater(session, study)

    assert queries.get_rater(session, study, rater.id) is rater
    with pytest.raises(errors.RaterNotFound):
        queries.get_rater(session, other, rater.id)


def test_links_are_listed_without_what_they_open_with(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, design=DESIGN)
    tokens = [enrolment.invite(session, study, label=each, actor=None) for each in ("a", "b")]
    listed = queries.list_invites(session, study)

    assert [each.label for each in listed] == ["b", "a"]
    assert not {each.token_sha256 for each in listed} & {token.encode() for token in tokens}
