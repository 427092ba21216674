"""How often the database is asked. What is done for every rating is done thousands of times an
hour: who needs one more statement here raises the number on purpose.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings import enrolment
from domain.settings import Settings
from domain.studies.models import Study
from domain.users.models import User
from tests.studies import make_design, make_rater, make_study
from tests.web import SignedInClient

DESIGN = make_design(controls={"repeats": 0})
_NOT_ASKED = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # of the test's own outer transaction


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=15, num_arms=2, design=DESIGN)


@pytest.fixture
def browser(
    session: Session, study: Study, sign_in: Callable[..., SignedInClient]
) -> SignedInClient:
    rater = make_rater(session, study, practised_at=clock.now())
    return sign_in(user=session.get_one(User, rater.user_id))


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_ASKED):
            asked.append(" ".join(statement.split())[:200])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def save(browser: SignedInClient, study: Study, hand: list[str]) -> list[str]:
    """The new hand."""
    first, *rest = hand
    sent = {"page_key": str(uuid.uuid4()), "correctness": "2", "naturalness": "3"}
    answer = browser.post(
        f"/rate/{study.id}/items/{first}",
        data=sent | {"and-next": "yes", "in-hand": rest},
        headers={"Accept": "application/json"},
    )
    return [each["token"] for each in answer.json()["hand"]["items"]]


def take(browser: SignedInClient, study: Study) -> list[str]:
    return [each["token"] for each in browser.get(f"/rate/{study.id}/held").json()["items"]]


def test_saving_a_rating_and_getting_the_next_item_is_seventeen_statements(
    browser: SignedInClient, study: Study, engine: Engine
) -> None:
    hand = save(browser, study, take(browser, study))
    with counted(engine) as asked:
        hand = save(browser, study, hand)

    assert len(hand) == 5
    assert len(asked) <= 17, "\n".join(asked)


def test_looking_into_one_s_hand_is_seven_statements(
    browser: SignedInClient, study: Study, engine: Engine
) -> None:
    take(browser, study)
    with counted(engine) as asked:
        assert len(take(browser, study)) == 5

    assert len(asked) <= 7, "\n".join(asked)


def test_my_work_is_as_many_statements_for_eight_rows_as_for_one(
    browser: SignedInClient, study: Study, engine: Engine
) -> None:
    hand = save(browser, study, take(browser, study))
    with counted(engine) as few:
        browser.get(f"/rate/{study.id}/mine")
    for _ in range(7):
        hand = save(browser, study, hand)
    with counted(engine) as many:
        page = browser.get(f"/rate/{study.id}/mine").text

    assert page.count("/pictures/0") == 8
    assert len(many) == len(few) <= 7, "\n".join(many)


def test_the_start_page_is_as_many_statements_for_four_studies_as_for_one(
    session: Session, settings: Settings, sign_in: Callable[..., SignedInClient], engine: Engine
) -> None:
    first = make_rater(session, make_study(session, settings), practised_at=clock.now())
    user = session.get_one(User, first.user_id)
    browser = sign_in(user=user)
    with counted(engine) as few:
        one = browser.get("/").text
    for _ in range(3):
        enrolment.enrol(session, make_study(session, settings), user)
    with counted(engine) as many:
        four = browser.get("/").text

    assert (one.count("/rate/"), four.count("/rate/")) == (1, 4)
    assert len(many) == len(few) <= 6, "\n".join(many)
