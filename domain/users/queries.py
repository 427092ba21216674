"""Selects for the pages about people. Lists are newest first, paged by the last id seen:
ids sort by time of creation.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from domain import clock
from domain.users.models import ApiToken, AuditEntry, User, UserSession


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What to look for in the audit log; an empty field matches everything."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def list_people(
    session: Session, *, limit: int = 50, before: uuid.UUID | None = None
) -> Sequence[User]:
    query = select(User).order_by(User.id.desc()).limit(limit)
    if before is not None:
        query = query.where(User.id < before)
    return session.scalars(query).all()


def count_people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


def name_by_id(session: Session, ids: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """What people are called: by their name, or by their address when they have said none."""
    query = select(User).where(User.id.in_({each for each in ids if each is not None}))
    return {each.id: each.name or each.email for each in session.scalars(query)}


def list_sessions(
    session: Session, user_id: uuid.UUID, *, idle: dt.timedelta
) -> Sequence[UserSession]:
    """The browsers in which the person is signed in, the one used last first."""
    now = clock.now()
    query = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.expires_at > now,
            UserSession.last_seen_at > now - idle,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return session.scalars(query).all()


def list_tokens(
    session: Session,
    *,
    user_id: uuid.UUID | None = None,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[ApiToken]:
    """Tokens with their owners; those of one person, or everybody's."""
    query = (
        select(ApiToken)
        .options(joinedload(ApiToken.user))
        .order_by(ApiToken.id.desc())
        .limit(limit)
    )
    if user_id is not None:
        query = query.where(ApiToken.user_id == user_id)
    if before is not None:
        query = query.where(ApiToken.id < before)
    return session.scalars(query).all()


def list_audit_entries(
    session: Session,
    wanted: AuditFilter | None = None,
    *,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[AuditEntry]:
    wanted = wanted or AuditFilter()
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if wanted.actor:
        query = query.where(AuditEntry.actor.icontains(wanted.actor, autoescape=True))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.subject:
        kind, _, subject_id = wanted.subject.partition(":")
        query = query.where(AuditEntry.subject_kind == kind)
        if subject_id:
            query = query.where(AuditEntry.subject_id == subject_id)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return session.scalars(query).all()


def list_audit_actions(session: Session) -> Sequence[str]:
    """Every action that occurs, for the filter."""
    return session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
