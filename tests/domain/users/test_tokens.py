import datetime as dt

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.users import idempotency, queries, tokens
from domain.users.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    TokenLifetimeInvalid,
    TokenNameMissing,
    TokenNotFound,
    UserDisabled,
)
from domain.users.person import Person
from tests.factories import make_user


def test_a_token_acts_as_its_maker_and_is_stored_as_a_digest(session: Session) -> None:
    user = make_user(session, role="researcher")
    made = tokens.create_token(session, user, name="nightly")
    assert made.secret.startswith("ggez_")
    assert made.secret.startswith(made.row.hint)
    assert len(made.row.hint) < 10
    assert made.secret.encode() not in made.row.token_sha256
    found = tokens.find_person(session, made.secret)
    assert found == Person.of(user)


def test_a_token_notes_when_it_was_last_used(session: Session) -> None:
    made = tokens.create_token(session, make_user(session), name="nightly")
    assert made.row.last_used_at is None
    tokens.find_person(session, made.secret)
    session.refresh(made.row)
    assert made.row.last_used_at is not None


def test_a_token_expires_or_does_not(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(session)
    short = tokens.create_token(session, user, name="a", valid_days=1)
    endless = tokens.create_token(session, user, name="b", valid_days=None)
    later = clock.now() + dt.timedelta(days=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert tokens.find_person(session, short.secret) is None
    assert tokens.find_person(session, endless.secret) is not None


def test_a_revoked_token_is_refused_and_revoking_twice_is_harmless(session: Session) -> None:
    user = make_user(session)
    made = tokens.create_token(session, user, name="a")
    tokens.revoke_token(session, made.row.id, actor=Person.of(user))
    tokens.revoke_token(session, made.row.id, actor=Person.of(user))
    session.flush()
    assert tokens.find_person(session, made.secret) is None
    actions = [entry.action for entry in queries.list_audit_entries(session)]
    assert actions.count("token.revoke") == 1


def test_others_tokens_are_revoked_by_admins_only(session: Session) -> None:
    made = tokens.create_token(session, make_user(session), name="a")
    other, admin = make_user(session), make_user(session, role="admin")
    with pytest.raises(TokenNotFound):
        tokens.revoke_token(session, made.row.id, actor=Person.of(other))
    tokens.revoke_token(session, made.row.id, actor=Person.of(admin))
    assert made.row.revoked_at is not None


def test_bad_names_lifetimes_and_owners_are_refused(session: Session) -> None:
    user = make_user(session)
    for name in ("", "  ", "x" * 81):
        with pytest.raises(TokenNameMissing):
            tokens.create_token(session, user, name=name)
    for days in (0, -1, 367):
        with pytest.raises(TokenLifetimeInvalid):
            tokens.create_token(session, user, name="a", valid_days=days)
    with pytest.raises(UserDisabled):
        tokens.create_token(session, make_user(session, disabled_at=clock.now()), name="a")


def test_tokens_are_listed_by_owner(session: Session) -> None:
    mine, other = make_user(session), make_user(session)
    for number in range(3):
        tokens.create_token(session, mine, name=f"mine {number}")
    tokens.create_token(session, other, name="other")
    first = queries.list_tokens(session, user_id=mine.id, limit=2)
    rest = queries.list_tokens(session, user_id=mine.id, limit=2, before=first[-1].id)
    assert [row.name for row in [*first, *rest]] == ["mine 2", "mine 1", "mine 0"]
    assert len(queries.list_tokens(session)) == 4


def test_an_idempotency_key_belongs_to_one_request_of_one_person(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    assert idempotency.claim(session, user.id, "key", b"one") is None
    idempotency.remember(session, user.id, "key", b"one", status=201, answer={"id": 1})
    session.flush()
    stored = idempotency.claim(session, user.id, "key", b"one")
    assert stored is not None
    assert (stored.status, stored.answer) == (201, {"id": 1})
    with pytest.raises(IdempotencyKeyReused, match="'key'"):
        idempotency.claim(session, user.id, "key", b"two")
    assert idempotency.claim(session, other.id, "key", b"two") is None


def test_an_idempotency_key_is_forgotten_after_a_day(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(session)
    idempotency.remember(session, user.id, "key", b"one", status=201, answer={})
    session.flush()
    later = clock.now() + idempotency.KEPT_FOR + dt.timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert idempotency.claim(session, user.id, "key", b"two") is None


@pytest.mark.parametrize("key", ["", "two words", "x" * 121, "naïve"])
def test_odd_idempotency_keys_are_refused(session: Session, key: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid):
        idempotency.claim(session, make_user(session).id, key, b"")
