"""What is a rater's own: a link to go on elsewhere, what they said to take along, their studies."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain import clock
from domain.ratings.models import Rater
from domain.settings import Settings
from domain.studies.models import Study
from domain.users import guests
from domain.users.models import User
from tests.studies import make_design, make_rater, make_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0})


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=2, design=DESIGN)


@pytest.fixture
def guest(session: Session, study: Study, sign_in: SignIn) -> tuple[SignedInClient, Rater]:
    rater = make_rater(session, study, practised_at=clock.now())
    user = guests.create(session, language="en")
    rater.user_id = user.id
    session.flush()
    return sign_in(user=user), rater


def rate(browser: SignedInClient, study: Study, comment: str) -> None:
    page = browser.get(f"/rate/{study.id}/work").text
    (action,) = re.findall(r'<form action="(/rate/[^"]+)"', page)
    fields = dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))
    browser.post(action, data=fields | {"correctness": "2", "comment": comment})


def test_a_guest_goes_on_as_the_same_rater_on_another_device(
    guest: tuple[SignedInClient, Rater], study: Study, client: TestClient
) -> None:
    browser, _ = guest
    page = browser.post(f"/rate/{study.id}/device").text
    (link,) = set(re.findall(r"/sign-in/[\w-]+", page))
    welcome = client.get(link).text
    assert "This link lets you go on where you were on your other device." in welcome
    assert "guests.invalid" not in welcome
    assert client.get(f"/rate/{study.id}/mine").status_code != 200

    client.post(link)
    assert client.get(f"/rate/{study.id}/mine").status_code == 200
    assert client.post(link).status_code == 422  # it works once


def test_the_start_page_of_a_rater_leads_to_their_studies(
    guest: tuple[SignedInClient, Rater], study: Study
) -> None:
    browser, _ = guest
    home = browser.get("/").text
    assert "Breakfast dishes" in home
    assert f'href="/rate/{study.id}"' in home
    assert "0 of 4" in home


def test_what_a_rater_said_can_be_taken_along(
    guest: tuple[SignedInClient, Rater], study: Study
) -> None:
    browser, _ = guest
    rate(browser, study, "=SUM(A1)")
    answer = browser.get(f"/rate/{study.id}/mine.csv")
    head, row = answer.text.splitlines()

    assert head == "prompt,correctness,cannot_judge,comment,rated_at"
    assert row.split(",")[1:4] == ["2", "", "'=SUM(A1)"]  # no formula for a spreadsheet
    assert "attachment" in answer.headers["content-disposition"]


def test_somebody_who_does_not_take_part_gets_no_link(study: Study, sign_in: SignIn) -> None:
    assert sign_in("annotator").post(f"/rate/{study.id}/device").status_code == 404


def test_a_person_with_an_address_is_told_whom_a_link_signs_in(
    session: Session, study: Study, sign_in: SignIn, client: TestClient
) -> None:
    rater = make_rater(session, study)
    user = session.get_one(User, rater.user_id)
    page = sign_in(user=user).post(f"/rate/{study.id}/device").text
    (link,) = set(re.findall(r"/sign-in/[\w-]+", page))
    assert user.email in client.get(link).text
