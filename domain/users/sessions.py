"""Browsers that are signed in. The cookie holds a token, the row its digest.

A session ends when it is idle for too long, at the latest some weeks after sign-in, when the
person signs out, changes the password or is disabled. Signing in always makes a new one, so a
token from before can never become a signed-in one.
"""

import datetime as dt
import secrets as random
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from domain import clock
from domain.users import audit, passwords, secrets
from domain.users.errors import SessionNotFound, SignInRefused
from domain.users.models import User, UserSession
from domain.users.person import Person

# Noting every page view would turn every read into a write.
_SEEN_EVERY = dt.timedelta(minutes=1)
_MAX_USER_AGENT_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    idle: dt.timedelta
    absolute: dt.timedelta


@dataclass(frozen=True, kw_only=True)
class SignedInBrowser:
    """An open session. `token` is the cookie's value; `form_token` goes into every form."""

    session_id: uuid.UUID
    person: Person
    form_token: str
    token: str
    expires_at: dt.datetime


def sign_in_with_password(session: Session, email: str, password: str) -> User:
    """The person behind address and password. Whoever it is not, is refused in the same time
    and with the same words.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if not passwords.matches(password, user.password_hash if user else None):
        raise SignInRefused
    assert user is not None, "Nobody's password never matches."
    assert user.password_hash is not None, "The same."
    checked = user.password_hash
    # Checking takes a while, in which the password may have been changed and every browser signed
    # out: who came with the old one must not be in afterwards. The row is held until the commit.
    session.refresh(user, with_for_update={"key_share": True})
    if user.disabled_at is not None or user.password_hash != checked:
        raise SignInRefused
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.make_hash(password)
    audit.record(session, Person.of(user), "user.sign_in", subject=("user", user.id))
    return user


def open_session(
    session: Session, user: User, lifetime: Lifetime, *, user_agent: str = ""
) -> SignedInBrowser:
    now = clock.now()
    token = secrets.make()
    _delete_ended(session, user.id, lifetime)
    row = UserSession(
        user_id=user.id,
        token_sha256=secrets.digest(token),
        form_token=random.token_urlsafe(24),
        user_agent=user_agent[:_MAX_USER_AGENT_LENGTH],
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime.absolute,
    )
    session.add(row)
    session.flush()
    return _describe(row, Person.of(user), token)


def find_session(session: Session, token: str, lifetime: Lifetime) -> SignedInBrowser | None:
    """Who this cookie belongs to; None when it has ended or the person is disabled."""
    now = clock.now()
    row = session.scalar(
        select(UserSession)
        .where(
            UserSession.token_sha256 == secrets.digest(token),
            UserSession.expires_at > now,
            UserSession.last_seen_at > now - lifetime.idle,
            UserSession.user.has(User.disabled_at.is_(None)),
        )
        .options(joinedload(UserSession.user))
    )
    if row is None:
        return None
    if now - row.last_seen_at > _SEEN_EVERY:
        session.execute(
            update(UserSession)
            .where(UserSession.id == row.id)
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )
    return _describe(row, Person.of(row.user), token)


def end_session(session: Session, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """Sign one of a person's own browsers out."""
    ended = session.execute(
        delete(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id)
        .returning(UserSession.id)
    ).one_or_none()
    if ended is None:
        raise SessionNotFound


def forget(session: Session, browser: SignedInBrowser) -> None:
    """End this session. That another request ended it first makes no difference."""
    session.execute(delete(UserSession).where(UserSession.id == browser.session_id))


def end_all(session: Session, user_id: uuid.UUID, *, but: uuid.UUID | None = None) -> int:
    """Sign all of a person's browsers out, except perhaps the one that asks."""
    query = delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        query = query.where(UserSession.id != but)
    return len(session.execute(query.returning(UserSession.id)).all())


def _delete_ended(session: Session, user_id: uuid.UUID, lifetime: Lifetime) -> None:
    now = clock.now()
    session.execute(
        delete(UserSession).where(
            UserSession.user_id == user_id,
            (UserSession.expires_at <= now) | (UserSession.last_seen_at <= now - lifetime.idle),
        )
    )


def _describe(row: UserSession, person: Person, token: str) -> SignedInBrowser:
    return SignedInBrowser(
        session_id=row.id,
        person=person,
        form_token=row.form_token,
        token=token,
        expires_at=row.expires_at,
    )
