"""How people come into a study."""

import pytest
from sqlalchemy.orm import Session

from domain.ratings import enrolment, errors
from domain.ratings.enrolment import Profile
from domain.settings import Settings
from domain.studies import opening
from domain.users.models import Role
from tests.factories import make_user
from tests.studies import make_design, make_draft, make_rater, make_study


def test_a_link_for_one_lets_in_one(session: Session, settings: Settings) -> None:
    study = make_study(session, settings)
    token = enrolment.invite(session, study, max_uses=1, actor=None)
    one, two = (make_user(session, role=Role.ANNOTATOR) for _ in range(2))
    rater = enrolment.join(session, token, one, is_agreed=True)

    assert (rater.number, rater.user_id) == (1, one.id)
    with pytest.raises(errors.InviteSpent):
        enrolment.join(session, token, two, is_agreed=True)


def test_who_comes_again_by_the_same_link_is_the_same_rater(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings)
    token = enrolment.invite(session, study, actor=None)
    user = make_user(session, role=Role.ANNOTATOR)
    first, again = (enrolment.join(session, token, user, is_agreed=True) for _ in range(2))

    assert first is again


def test_a_draft_lets_nobody_in_and_a_closed_study_nobody_new(
    session: Session, settings: Settings
) -> None:
    user = make_user(session, role=Role.ANNOTATOR)
    draft = make_draft(session, settings)
    with pytest.raises(errors.InviteSpent):
        enrolment.find_invite(session, enrolment.invite(session, draft, actor=None))
    study = make_study(session, settings)
    token = enrolment.invite(session, study, actor=None)
    opening.close(session, study, actor=None)
    with pytest.raises(errors.StudyOver):
        enrolment.join(session, token, user, is_agreed=True)


@pytest.mark.parametrize(("country", "is_in_region"), [("ID", True), ("NL", False)])
def test_being_of_the_region_is_recorded_from_what_was_said(
    session: Session,
    settings: Settings,
    country: str,
    is_in_region: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    rater = make_rater(session, make_study(session, settings))
    enrolment.describe_oneself(session, rater, Profile(country=country), settings=settings)

    assert rater.is_in_region is is_in_region


def test_who_is_not_eligible_is_told_and_what_they_said_is_kept(
    session: Session, settings: Settings
) -> None:
    design = make_design(eligibility={"countries": "region"})
    rater = make_rater(session, make_study(session, settings, design=design))
    enrolment.describe_oneself(session, rater, Profile(country="NL"), settings=settings)

    with pytest.raises(errors.NotEligible, match="for people from other places"):
        enrolment.check_eligible(session, rater, settings=settings)
    assert rater.profile["country"] == "NL"


def test_simulated_raters_are_nobody_and_in_the_sandbox_alone(
    session: Session, settings: Settings
) -> None:
    own = make_study(session, settings, is_sandbox=True)
    one, two = (enrolment.simulate(session, own) for _ in range(2))

    assert [(each.number, each.user_id, each.is_simulated) for each in (one, two)] == [
        (1, None, True),
        (2, None, True),
    ]
    with pytest.raises(errors.SimulatedElsewhere):
        enrolment.simulate(session, make_study(session, settings))


def test_into_the_sandbox_people_come_without_a_link_until_it_closes(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, is_sandbox=True)
    user = make_user(session, role=Role.RESEARCHER)
    with pytest.raises(errors.ConsentMissing):
        enrolment.join_sandbox(session, user, "picture", is_agreed=False)
    rater = enrolment.join_sandbox(session, user, "picture", is_agreed=True)

    assert (rater.study_id, rater.invite_id, rater.is_simulated) == (study.id, None, False)
    opening.close(session, study, actor=None)
    assert enrolment.join_sandbox(session, user, "picture", is_agreed=True) is rater
    with pytest.raises(errors.StudyOver):
        enrolment.join_sandbox(session, make_user(session), "picture", is_agreed=True)
