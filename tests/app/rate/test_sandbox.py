"""The sandbox's study is open to everybody who is signed in, without a link."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.ratings import enrolment
from domain.ratings.models import Rater
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.studies import opening
from domain.studies.models import Study
from tests.studies import make_design, make_draft, make_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
ADDRESS = "/sandbox-study"
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, design=DESIGN, is_sandbox=True)


@pytest.mark.parametrize("role", ["annotator", "researcher", "admin"])
def test_everybody_joins_by_agreeing_and_comes_back_to_their_work(
    sign_in: SignIn, session: Session, study: Study, role: str
) -> None:
    browser = sign_in(role)
    page = browser.get(ADDRESS).text
    assert "You take part of your own free will." in page
    assert "the link is your key" not in page
    joined = browser.post(ADDRESS, data={"consent": "yes"})

    assert joined.headers["location"] == f"/rate/{study.id}"
    assert browser.get(ADDRESS).headers["location"] == f"/rate/{study.id}"
    assert browser.post(ADDRESS, data={"consent": "yes"}).status_code == 303
    rater = session.scalars(select(Rater)).one()
    assert (rater.user_id, rater.is_simulated) == (browser.user.id, False)


def test_without_agreement_nobody_is_made(sign_in: SignIn, session: Session, study: Study) -> None:
    refused = sign_in("annotator").post(ADDRESS, data={})

    assert refused.status_code == 422
    assert "Without your agreement you cannot take part." in refused.text
    assert session.scalars(select(Rater)).all() == []


def test_who_has_left_may_come_again(sign_in: SignIn, session: Session, study: Study) -> None:
    browser = sign_in("annotator")
    browser.post(ADDRESS, data={"consent": "yes"})
    enrolment.withdraw(session, session.scalars(select(Rater.id)).one())

    assert browser.get(ADDRESS).status_code == 200
    assert browser.post(ADDRESS, data={"consent": "yes"}).status_code == 303


def test_other_studies_are_for_those_who_were_invited(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    make_study(session, settings, design=DESIGN)
    make_draft(session, settings, design=DESIGN, is_sandbox=True)
    browser = sign_in("researcher")

    assert browser.get(ADDRESS).status_code == 404
    assert browser.post(ADDRESS, data={"consent": "yes"}).status_code == 404


@pytest.mark.parametrize("role", ["annotator", "researcher"])
def test_home_says_where_it_is(sign_in: SignIn, study: Study, role: str) -> None:
    browser = sign_in(role)
    text = browser.get("/").text
    assert f'href="{ADDRESS}"' in text
    assert "Rate the sandbox study" in text
    assert "No study waits for you yet" not in text
    browser.post(ADDRESS, data={"consent": "yes"})
    begun = browser.get("/").text
    # An annotator's page lists every study that they have begun.
    assert ("Go on rating the sandbox study" in begun) is (role == "researcher")
    assert f'href="/rate/{study.id}"' in begun or role == "researcher"


@pytest.mark.parametrize("how", ["none", "paused", "closed", "archived", "of people"])
def test_home_is_silent_where_there_is_nothing_to_rate(
    sign_in: SignIn, session: Session, settings: Settings, how: str
) -> None:
    if how != "none":
        study = make_study(session, settings, design=DESIGN, is_sandbox=how != "of people")
        change = {"paused": opening.pause, "closed": opening.close, "archived": shelf.archive}
        if how in change:
            change[how](session, study, actor=None)

    assert "sandbox study" not in sign_in("researcher").get("/").text
    assert "sandbox study" not in sign_in("annotator").get("/").text


def make_answers(session: Session, settings: Settings) -> Study:
    design = make_design(criteria=[{"key": "correctness", "levels": 3}], medium="answer")
    return make_study(session, settings, design=design, is_sandbox=True)


def test_answers_have_an_address_of_their_own_and_pictures_keep_theirs(
    sign_in: SignIn, session: Session, settings: Settings, study: Study
) -> None:
    answers = make_answers(session, settings)
    browser = sign_in("annotator")
    refused = browser.post(f"{ADDRESS}/answers", data={})
    joined = browser.post(f"{ADDRESS}/answers", data={"consent": "yes"})

    assert refused.status_code == 422
    assert joined.headers["location"] == f"/rate/{answers.id}"
    assert browser.get(f"{ADDRESS}/answers").headers["location"] == f"/rate/{answers.id}"
    assert browser.get(ADDRESS).status_code == 200
    assert browser.post(ADDRESS, data={"consent": "yes"}).headers["location"] == f"/rate/{study.id}"


@pytest.mark.parametrize("role", ["annotator", "researcher"])
def test_home_offers_both_where_both_are_open(
    sign_in: SignIn, session: Session, settings: Settings, study: Study, role: str
) -> None:
    answers = make_answers(session, settings)
    browser = sign_in(role)
    text = browser.get("/").text
    assert "Try it: two studies that are open" in text
    assert f'href="{ADDRESS}"' in text
    assert f'href="{ADDRESS}/answers"' in text

    opening.pause(session, study, actor=None)
    text = browser.get("/").text
    assert "Try it: a study that is open" in text
    assert f'href="{ADDRESS}"' not in text
    opening.pause(session, answers, actor=None)
    assert ADDRESS not in browser.get("/").text
