"""From ratings to a report: which ratings count, what is sealed, and when it is computed anew."""

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain.ratings import enrolment, saving, taking
from domain.ratings.saving import Submission
from domain.results import errors, export, seeing
from domain.results import service as results
from domain.results.report import Report
from domain.results.rules import Options
from domain.settings import Settings
from domain.studies import opening
from domain.studies.models import Study
from domain.users.models import Role
from domain.users.person import Person
from tests.factories import make_user
from tests.studies import make_design, make_draft, make_rater, make_study, rate_all

QUICK = Options(num_resamples=100)
ONE = {"criteria": [{"key": "correctness", "levels": 3}], "controls": {"repeats": 0}}


def look(session: Session, study: Study, settings: Settings, **options: object) -> Report:
    found = results.show(session, study, Options(num_resamples=100, **options), settings)  # type: ignore[arg-type]
    assert found is not None
    return found.report


def tell_rule(report: Report, rule: str) -> tuple[int, int]:
    return next(
        ((left.num_ratings, left.num_raters) for left in report.left_out if left.rule == rule),
        (0, 0),
    )


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=4, design=make_design(**ONE, raters_per_item=3))


@pytest.fixture
def boss(session: Session) -> Person:
    return Person.of(make_user(session, role=Role.ADMIN))


def test_while_it_is_open_agreement_is_there_and_nothing_tells_an_arm(
    session: Session, settings: Settings, study: Study
) -> None:
    for values in ([1, 2, 3], [1, 2, 2], [1, 3, 3]):
        rate_all(session, make_rater(session, study), values)
    report = look(session, study, settings)
    arms = [arm.name for arm in report.design.arms]
    told = str({**report.to_json(), "design": None})

    assert report.is_sealed
    assert report.agreement["correctness"]["n_ratings"] == 24
    assert report.effects is None
    assert not [arm for arm in arms if arm in told]
    assert "dish" not in told


def test_once_it_is_closed_every_arm_is_compared_with_the_baseline(
    session: Session, settings: Settings, study: Study, boss: Person
) -> None:
    for values in ([1, 2, 3], [1, 2, 2], [1, 3, 3]):
        rate_all(session, make_rater(session, study), values)
    opening.close(session, study, actor=boss)
    report = look(session, study, settings)
    baseline, other = report.design.arms

    assert report.effects is not None
    (whole,) = [each for each in report.effects["comparisons"] if each["by"] is None]
    assert (report.effects["baseline"], whole["arm"]) == (baseline.name, other.name)
    assert whole["difference"]["n_prompts"] == 4
    assert [group["arm"] for group in report.agreement["correctness"]["by"] if "arm" in group] == (
        sorted([baseline.name, other.name])
    )


def test_what_does_not_count_is_counted_under_its_rule(
    session: Session, settings: Settings, boss: Person
) -> None:
    study = make_study(
        session, settings, num_items=4,
        design=make_design(
            criteria=[{"key": "correctness", "levels": 3}],
            controls={"repeats": 0.25},
            raters_per_item=2,
        ),
    )  # fmt: skip
    one, two = make_rater(session, study), make_rater(session, study)
    rate_all(session, one, [2])
    (held, *_) = taking.take(session, two.id).held
    first = Submission(client_key=uuid.uuid4(), values={"correctness": 1})
    saving.submit(session, two.id, held.id, first)
    again = Submission(client_key=uuid.uuid4(), values={"correctness": 3})
    saving.submit(session, two.id, held.id, again)
    (held, *_) = taking.take(session, two.id).held
    no = Submission(client_key=uuid.uuid4(), values={}, cannot_judge="cannot_tell")
    saving.submit(session, two.id, held.id, no)
    rate_all(session, two, [2])
    report = look(session, study, settings)

    assert tell_rule(report, "changed") == (1, 1)
    assert tell_rule(report, "cannot_judge") == (1, 1)
    assert tell_rule(report, "repeat")[0] > 0
    assert report.agreement["correctness"]["n_ratings"] == 8 + 7
    assert {row["rater"] for row in report.rater_rows} == {"r0001", "r0002"}
    assert next(iter(report.rater_rows))["repeat_agreement"] == 1


def test_raters_who_failed_too_many_controls_are_left_out_where_that_is_asked_for(
    session: Session, settings: Settings, study: Study
) -> None:
    good, bad = make_rater(session, study), make_rater(session, study, num_controls_failed=3)
    rate_all(session, good, [1, 2])
    rate_all(session, bad, [3, 2])

    assert look(session, study, settings).agreement["correctness"]["n_ratings"] == 16
    strict = look(session, study, settings, most_failed=2)
    assert strict.agreement["correctness"]["n_ratings"] == 8
    assert tell_rule(strict, "failed_controls") == (8, 1)


def test_people_and_simulated_raters_are_never_mixed(session: Session, settings: Settings) -> None:
    study = make_study(session, settings, design=make_design(**ONE), is_sandbox=True)
    rate_all(session, make_rater(session, study), [1, 2])
    rate_all(session, enrolment.simulate(session, study), [3, 2])
    of_people = look(session, study, settings)
    of_nobody = look(session, study, settings, who="simulated")

    assert of_people.agreement["correctness"]["n_ratings"] == 6
    assert tell_rule(of_people, "other_raters") == (6, 1)
    assert of_nobody.who == "simulated"
    assert [row["rater"] for row in of_nobody.rater_rows] == ["r0002"]
    assert of_nobody.raters.num == 1


def test_a_report_is_computed_once_and_again_when_there_is_something_new(
    session: Session, settings: Settings, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_all(session, make_rater(session, study), [1, 2])
    before = results.show(session, study, QUICK, settings)
    monkeypatch.setattr(results, "compute", lambda *_: pytest.fail("It was there already."))
    assert results.show(session, study, QUICK, settings) == before
    monkeypatch.undo()
    rate_all(session, make_rater(session, study), [3, 2])
    found = results.find(session, study, QUICK, settings)
    assert found is not None
    assert not found.is_current
    after = results.show(session, study, QUICK, settings)
    assert after is not None
    assert after.report.raters.num == 2


def test_what_comes_in_while_it_is_computed_makes_the_report_old(
    session: Session, settings: Settings, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_all(session, make_rater(session, study), [1, 2])
    compute = results.compute

    def compute_meanwhile(*given: Any) -> Report:
        report = compute(*given)
        rate_all(session, make_rater(session, study), [3, 2])
        return report

    monkeypatch.setattr(results, "compute", compute_meanwhile)
    results.show(session, study, QUICK, settings)
    found = results.find(session, study, QUICK, settings)

    assert found is not None
    assert (found.report.raters.num, found.is_current) == (1, False)


def test_a_large_study_is_left_to_a_job(
    session: Session, settings: Settings, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_AT_ONCE", 3)
    rate_all(session, make_rater(session, study), [1, 2])

    assert results.show(session, study, QUICK, settings) is None
    assert results.as_job(study, QUICK).study == study.name


def test_what_a_person_took_back_is_in_no_report(
    session: Session, settings: Settings, study: Study
) -> None:
    stays, leaves = make_rater(session, study), make_rater(session, study)
    rate_all(session, stays, [1, 2])
    rate_all(session, leaves, [3, 3])
    look(session, study, settings)
    enrolment.withdraw(session, leaves.id)
    report = look(session, study, settings)

    assert report.agreement["correctness"]["n_ratings"] == 8
    assert (report.raters.num, report.raters.num_withdrawn) == (1, 1)


def test_the_table_of_ratings_has_no_column_that_tells_an_arm_while_it_is_sealed(
    session: Session, study: Study, boss: Person
) -> None:
    rate_all(session, make_rater(session, study), [1, 2])
    sealed = export.make(session, study, QUICK)
    opening.unseal(session, study, reason="A sponsor wants to know.", actor=boss)
    opened = export.make(session, study, QUICK)

    assert not {"arm", "prompt"} & sealed.keys()
    assert len(set(opened["prompt"])) == 4
    assert len(set(opened["arm"])) == 2
    assert sealed["value"] == opened["value"]


def test_a_researcher_who_rates_sees_nothing_before_they_are_done(
    session: Session, study: Study
) -> None:
    user = make_user(session, role=Role.RESEARCHER)
    rater = enrolment.enrol(session, study, user)
    rater.profile = {"country": "ID", "languages": ["id"]}
    session.flush()
    with pytest.raises(errors.StillRating):
        seeing.check(session, study, Person.of(user))
    rate_all(session, rater, [1, 2])
    seeing.check(session, study, Person.of(user))


def test_a_draft_has_nothing_to_report(session: Session, settings: Settings, boss: Person) -> None:
    with pytest.raises(errors.NothingToReport):
        seeing.check(session, make_draft(session, settings), boss)


def test_pairs_say_which_arm_is_preferred_and_how_often_raters_agree(
    session: Session, settings: Settings, boss: Person
) -> None:
    study = make_study(
        session, settings, num_items=3,
        design=make_design(**ONE, form="pair", raters_per_item=2),
    )  # fmt: skip
    for answers in ([1, 2, "tie"], [1, "both_bad"]):
        rate_all(session, make_rater(session, study), answers)
    sealed = look(session, study, settings)
    opening.close(session, study, actor=boss)
    opened = look(session, study, settings)

    assert sealed.preferences is None
    agreement = sealed.agreement["correctness"]
    assert agreement["alpha"]["nominal"]["value"] is not None
    assert agreement["alpha"]["ordinal"]["reason"] == "the outcomes of a pair have no order"
    assert opened.preferences is not None
    (told,) = opened.preferences["criteria"]
    assert (told["n_votes"], told["n_raters"]) == (6, 2)
    assert {each["arm"] for each in told["strengths"]} == {a.name for a in opened.design.arms}


def test_rankings_say_in_which_order_arms_are(
    session: Session, settings: Settings, boss: Person
) -> None:
    study = make_study(
        session, settings, num_items=3, num_arms=3,
        design=make_design(**ONE, form="rank", raters_per_item=2),
    )  # fmt: skip
    for orders in ([[1, 2, 3]], [[1, 2, 3], [3, 1, 2]]):
        rate_all(session, make_rater(session, study), orders)
    opening.close(session, study, actor=boss)
    report = look(session, study, settings)

    assert report.preferences is not None
    (told,) = report.preferences["criteria"]
    assert (told["n_rankings"], len(told["arms"])) == (6, 3)
    assert report.agreement["correctness"]["n_items"] == 9
