"""A comment in Zawgyi, by plain form posts and from a script."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings.models import Rating
from domain.settings import Settings
from domain.studies.models import Study
from domain.users.models import User
from tests.app.rate.test_way import DESIGN, SignIn, action_of, fields_of
from tests.studies import make_rater, make_study
from tests.web import SignedInClient

ZAWGYI, UNICODE = "ေကာင္းတယ္", "ကောင်းတယ်"
QUESTION = "Your comment seems to be written in Zawgyi"


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=2, design=DESIGN)


@pytest.fixture
def browser(session: Session, study: Study, sign_in: SignIn) -> SignedInClient:
    rater = make_rater(session, study, practised_at=clock.now())
    return sign_in(user=session.get_one(User, rater.user_id))


def send(browser: SignedInClient, page: str, **fields: str) -> str:
    """The page that comes back, or where it leads."""
    answer = browser.post(action_of(page), data=fields_of(page) | fields)
    return answer.headers.get("location") or answer.text


@pytest.mark.parametrize(("answer", "stored"), [("change", UNICODE), ("keep", None)])
def test_the_rater_is_asked_and_the_answer_is_kept_with_what_was_sent(
    browser: SignedInClient, study: Study, session: Session, answer: str, stored: str | None
) -> None:
    work = f"/rate/{study.id}/work"
    sent = {"correctness": "2", "comment": ZAWGYI, "active_ms": "4000"}
    asked = send(browser, browser.get(work).text, **sent)
    assert QUESTION in asked
    assert "This could not be saved." not in asked
    assert f">{ZAWGYI}</textarea>" in asked
    assert re.search(r'value="2"\s+checked', asked)
    assert session.scalars(select(Rating)).all() == []
    assert fields_of(asked)["earlier_ms"] == "4000"

    assert send(browser, asked, **sent | {"zawgyi": answer, "active_ms": "500"}) == work
    rating = session.scalars(select(Rating)).one()
    assert (rating.comment, rating.comment_in_unicode) == (ZAWGYI, stored)
    assert rating.is_zawgyi_asked
    assert rating.active_ms == 4500


def test_saving_without_an_answer_keeps_the_comment_and_asks_no_second_time(
    browser: SignedInClient, study: Study, session: Session
) -> None:
    sent = {"correctness": "2", "comment": ZAWGYI}
    asked = send(browser, browser.get(f"/rate/{study.id}/work").text, **sent)
    hidden = re.findall(r'<input type="hidden" name="zawgyi" value="([^"]+)"', asked)

    assert send(browser, asked, **sent | {"zawgyi": hidden[0]}) == f"/rate/{study.id}/work"
    assert session.scalars(select(Rating.comment_in_unicode)).all() == [None]


def test_what_a_script_sends_is_stored_as_it_is(
    browser: SignedInClient, study: Study, session: Session
) -> None:
    page = browser.get(f"/rate/{study.id}/work").text
    sent = fields_of(page) | {"correctness": "2", "comment": ZAWGYI}
    answer = browser.post(action_of(page), data=sent, headers={"Accept": "application/json"})

    assert answer.json()["state"] == "saved"
    rating = session.scalars(select(Rating)).one()
    assert (rating.comment, rating.is_zawgyi_asked) == (ZAWGYI, False)


@pytest.mark.parametrize(("comment", "status"), [(ZAWGYI, 422), (UNICODE, 204), ("Good", 204)])
def test_a_script_may_ask_for_the_question_beforehand_and_stores_nothing(
    browser: SignedInClient, study: Study, session: Session, comment: str, status: int
) -> None:
    page = browser.get(f"/rate/{study.id}/work").text
    sent = fields_of(page) | {"correctness": "2", "comment": comment, "do": "ask"}
    answer = browser.post(action_of(page), data=sent)

    assert answer.status_code == status
    assert (QUESTION in answer.text) == (status == 422)
    assert session.scalars(select(Rating)).all() == []
