"""The items in a rater's hands: what a page of work keeps for when the network is slow or gone."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings.models import Rating
from domain.settings import Settings
from domain.studies import opening
from domain.studies.models import Study
from domain.users.models import User
from tests.studies import make_design, make_rater, make_study
from tests.web import SignedInClient

DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0})


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=8, num_arms=1, design=DESIGN)


@pytest.fixture
def browser(
    session: Session, study: Study, sign_in: Callable[..., SignedInClient]
) -> SignedInClient:
    rater = make_rater(session, study, practised_at=clock.now())
    return sign_in(user=session.get_one(User, rater.user_id))


def list_held(browser: SignedInClient, study: Study) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/rate/{study.id}/held").json()["items"]
    return found


def save(
    browser: SignedInClient, study: Study, token: str, in_hand: list[str] | None = None
) -> Any:
    sent = {"page_key": str(uuid.uuid4()), "correctness": "2"}
    if in_hand is not None:
        sent |= {"and-next": "yes", "in-hand": in_hand}
    return browser.post(
        f"/rate/{study.id}/items/{token}", data=sent, headers={"Accept": "application/json"}
    )


def test_the_answer_to_a_rating_brings_what_the_page_does_not_have_yet(
    browser: SignedInClient, study: Study
) -> None:
    first, *rest = [each["token"] for each in list_held(browser, study)]
    hand = save(browser, study, first, rest).json()["hand"]

    assert [each["token"] for each in hand["items"]][:4] == rest
    assert [len(each) for each in hand["items"]] == [1, 1, 1, 1, 3]
    new = hand["items"][-1]
    assert f'data-token="{new["token"]}"' in new["html"]
    assert new["pictures"] == [f"/rate/{study.id}/items/{new['token']}/pictures/0"]
    assert (hand["done"], hand["total"], hand["progress"]) == (1, 8, "1 of 8")


def test_whoever_has_nothing_in_hand_gets_all_of_it(browser: SignedInClient, study: Study) -> None:
    first, *_ = [each["token"] for each in list_held(browser, study)]
    hand = save(browser, study, first, []).json()["hand"]

    assert all("html" in each for each in hand["items"])


def test_asked_with_what_is_in_hand_only_the_rest_is_drawn(
    browser: SignedInClient, study: Study
) -> None:
    one, two, *_ = [each["token"] for each in list_held(browser, study)]
    items = browser.get(f"/rate/{study.id}/held?has={one}&has={two}&has=nonsense").json()["items"]

    assert [("html" in each) for each in items] == [False, False, True, True, True]


def test_that_there_is_no_more_work_does_not_undo_what_was_saved(
    browser: SignedInClient, study: Study, session: Session
) -> None:
    first, *rest = [each["token"] for each in list_held(browser, study)]
    opening.pause(session, study, actor=None)
    answer = save(browser, study, first, rest)

    assert answer.json() == {"state": "saved", "is_warned": False}
    assert len(session.scalars(select(Rating)).all()) == 1


def test_the_last_one_brings_an_empty_hand(browser: SignedInClient, study: Study) -> None:
    hand = list_held(browser, study)
    while hand:
        tokens = [each["token"] for each in hand]
        hand = save(browser, study, tokens[0], tokens[1:]).json()["hand"]["items"]

    assert browser.get(f"/rate/{study.id}/work").headers["location"].endswith("/done")


def test_my_work_shows_what_was_said_and_when(browser: SignedInClient, study: Study) -> None:
    one, two, *_ = [each["token"] for each in list_held(browser, study)]
    save(browser, study, one)
    save(browser, study, two)
    mine = browser.get(f"/rate/{study.id}/mine").text

    assert re.findall(r"/items/([0-9a-f-]+)\"", mine) == [two, one]
