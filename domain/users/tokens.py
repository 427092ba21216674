"""API tokens: a program acts as the person who made the token, with that person's role."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from domain import clock
from domain.users import audit, names, secrets
from domain.users.errors import (
    TokenLifetimeInvalid,
    TokenNameMissing,
    TokenNotFound,
    UserDisabled,
)
from domain.users.models import ApiToken, User
from domain.users.person import Person

PREFIX = "ggez_"
"""Recognisable, so that people and secret scanners notice one that leaked."""

MAX_NAME_LENGTH = 80
LONGEST_DAYS = 366
_HINT_LENGTH = len(PREFIX) + 4
_USED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class NewToken:
    row: ApiToken
    secret: str


def create_token(
    session: Session,
    user: User,
    *,
    name: str,
    valid_days: int | None = 90,
    actor: Person | None = None,
) -> NewToken:
    """Make a token. Its secret is in the answer and nowhere else. `valid_days=None`: no end."""
    name = names.tidy(name)
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise TokenNameMissing(MAX_NAME_LENGTH)
    if valid_days is not None and not 1 <= valid_days <= LONGEST_DAYS:
        raise TokenLifetimeInvalid(LONGEST_DAYS)
    if user.disabled_at is not None:
        raise UserDisabled(user.email)
    secret = secrets.make(PREFIX)
    now = clock.now()
    row = ApiToken(
        user_id=user.id,
        name=name,
        hint=secret[:_HINT_LENGTH],
        token_sha256=secrets.digest(secret),
        created_at=now,
        expires_at=now + dt.timedelta(days=valid_days) if valid_days is not None else None,
    )
    row.user = user
    session.add(row)
    session.flush()
    audit.record(
        session, actor, "token.create", subject=("token", row.id), name=name, owner=user.email
    )
    return NewToken(row=row, secret=secret)


def find_person(session: Session, secret: str) -> Person | None:
    """Whose token it is; None when it is unknown, revoked, expired or of a disabled person."""
    now = clock.now()
    row = session.scalar(
        select(ApiToken)
        .where(
            ApiToken.token_sha256 == secrets.digest(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now),
            ApiToken.user.has(User.disabled_at.is_(None)),
        )
        .options(joinedload(ApiToken.user))
    )
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at > _USED_EVERY:
        session.execute(
            update(ApiToken)
            .where(ApiToken.id == row.id)
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )
    return Person.of(row.user)


def revoke_token(session: Session, token_id: uuid.UUID, *, actor: Person | None) -> ApiToken:
    """Make a token useless. People revoke their own; admins, and the terminal, anybody's."""
    row = session.scalar(
        select(ApiToken)
        .where(ApiToken.id == token_id)
        .options(joinedload(ApiToken.user))
        .with_for_update(of=ApiToken)
    )
    if row is None or not (actor is None or actor.is_admin or row.user_id == actor.id):
        raise TokenNotFound
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        audit.record(
            session,
            actor,
            "token.revoke",
            subject=("token", row.id),
            name=row.name,
            owner=row.user.email,
        )
    return row
