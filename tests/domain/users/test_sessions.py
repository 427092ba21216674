import datetime as dt
import time
from collections.abc import Callable

import argon2
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.users import passwords, queries, sessions
from domain.users import service as users
from domain.users.errors import (
    PasswordUnfit,
    PasswordWrong,
    SessionNotFound,
    SignInRefused,
)
from domain.users.models import UserSession
from tests.factories import make_user
from tests.web import LIFETIME

PASSWORD = "correct horse battery"


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.timedelta], None]:
    def move(by: dt.timedelta) -> None:
        moment = clock.now() + by
        monkeypatch.setattr(clock, "now", lambda: moment)

    return move


def test_the_right_password_finds_the_person(session: Session) -> None:
    user = make_user(session, email="sari@example.org", password=PASSWORD)
    assert sessions.sign_in_with_password(session, " Sari@example.org", PASSWORD) is user


def test_every_refusal_says_the_same(session: Session) -> None:
    make_user(session, email="a@example.org", password=PASSWORD)
    make_user(session, email="b@example.org")
    make_user(session, email="c@example.org", password=PASSWORD, disabled_at=clock.now())
    tries = [
        ("a@example.org", "wrong wrong wrong"),
        ("b@example.org", PASSWORD),
        ("c@example.org", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("", ""),
    ]
    for email, password in tries:
        with pytest.raises(SignInRefused) as refused:
            sessions.sign_in_with_password(session, email, password)
        assert str(refused.value) == str(SignInRefused())


def test_unknown_people_take_as_long_as_known_ones(session: Session) -> None:
    make_user(session, email="known@example.org", password=PASSWORD)

    def measure(email: str) -> float:
        took = []
        for _ in range(5):
            began = time.perf_counter()
            with pytest.raises(SignInRefused):
                sessions.sign_in_with_password(session, email, "wrong wrong wrong")
            took.append(time.perf_counter() - began)
        return min(took)

    measure("nobody@example.org")  # the hash of nobody is made at the first try
    known, unknown = measure("known@example.org"), measure("nobody@example.org")
    # Without the work for nobody it would be a hundredth.
    assert unknown > known / 3


def test_a_hash_with_older_parameters_is_renewed_at_sign_in(session: Session) -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    user = make_user(session, email="sari@example.org", password_hash=older)
    sessions.sign_in_with_password(session, "sari@example.org", PASSWORD)
    assert user.password_hash != older
    assert user.password_hash is not None
    assert not passwords.needs_rehash(user.password_hash)


def test_a_session_is_found_by_its_token_and_stored_as_a_digest(session: Session) -> None:
    user = make_user(session)
    browser = sessions.open_session(session, user, LIFETIME, user_agent="x" * 1000)
    found = sessions.find_session(session, browser.token, LIFETIME)
    assert found == browser
    row = session.scalars(select(UserSession)).one()
    assert browser.token.encode() not in row.token_sha256
    assert len(row.user_agent) == 300
    assert sessions.find_session(session, "guess", LIFETIME) is None


def test_a_session_ends_when_it_is_idle(
    session: Session, pass_time: Callable[[dt.timedelta], None]
) -> None:
    browser = sessions.open_session(session, make_user(session), LIFETIME)
    pass_time(LIFETIME.idle - dt.timedelta(hours=1))
    assert sessions.find_session(session, browser.token, LIFETIME) is not None
    pass_time(LIFETIME.idle - dt.timedelta(hours=1))
    assert sessions.find_session(session, browser.token, LIFETIME) is not None
    pass_time(LIFETIME.idle + dt.timedelta(hours=1))
    assert sessions.find_session(session, browser.token, LIFETIME) is None


def test_a_session_ends_in_any_case_some_day(
    session: Session, pass_time: Callable[[dt.timedelta], None]
) -> None:
    browser = sessions.open_session(session, make_user(session), LIFETIME)
    for _ in range(9):
        pass_time(dt.timedelta(days=9))
        assert sessions.find_session(session, browser.token, LIFETIME) is not None
        session.expire_all()
    pass_time(dt.timedelta(days=9))
    assert sessions.find_session(session, browser.token, LIFETIME) is None


def test_ended_sessions_are_swept_at_the_next_sign_in(
    session: Session, pass_time: Callable[[dt.timedelta], None]
) -> None:
    user = make_user(session)
    sessions.open_session(session, user, LIFETIME)
    pass_time(LIFETIME.idle + dt.timedelta(hours=1))
    fresh = sessions.open_session(session, user, LIFETIME)
    assert session.scalars(select(UserSession.id)).all() == [fresh.session_id]


def test_a_person_ends_only_their_own_sessions(session: Session) -> None:
    mine, other = make_user(session), make_user(session)
    browser = sessions.open_session(session, mine, LIFETIME)
    with pytest.raises(SessionNotFound):
        sessions.end_session(session, other.id, browser.session_id)
    sessions.end_session(session, mine.id, browser.session_id)
    assert sessions.find_session(session, browser.token, LIFETIME) is None


def test_all_others_are_signed_out(session: Session) -> None:
    user = make_user(session)
    opened = [sessions.open_session(session, user, LIFETIME) for _ in range(3)]
    assert sessions.end_all(session, user.id, but=opened[1].session_id) == 2
    left = queries.list_sessions(session, user.id, idle=LIFETIME.idle)
    assert [row.id for row in left] == [opened[1].session_id]


def test_a_new_password_needs_the_current_one_and_ends_every_session(session: Session) -> None:
    user = make_user(session, password=PASSWORD)
    browser = sessions.open_session(session, user, LIFETIME)
    with pytest.raises(PasswordWrong):
        users.set_password(session, user.id, "another good one", current="wrong")
    assert sessions.find_session(session, browser.token, LIFETIME) is not None
    users.set_password(session, user.id, "another good one", current=PASSWORD)
    assert sessions.find_session(session, browser.token, LIFETIME) is None
    assert passwords.matches("another good one", user.password_hash)


def test_a_first_password_needs_no_current_one(session: Session) -> None:
    user = make_user(session)
    users.set_password(session, user.id, PASSWORD)
    assert passwords.matches(PASSWORD, user.password_hash)


@pytest.mark.parametrize(
    "password", ["", "short", "aaaaaaaaaaaa", "x" * 201, "sari@example.org", "Sari@Example.org"]
)
def test_unfit_passwords_are_refused_with_a_reason(session: Session, password: str) -> None:
    user = make_user(session, email="sari@example.org")
    with pytest.raises(PasswordUnfit):
        users.set_password(session, user.id, password)
    assert user.password_hash is None
