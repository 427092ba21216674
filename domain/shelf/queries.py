"""Lists of rows that have names: newest first, archived ones apart."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.shelf.models import Named
from domain.users.models import User

Row = TypeVar("Row", bound=Named)


def _is_archived(table: type[Named], *, archived: bool) -> ColumnElement[bool]:
    return table.archived_at.is_not(None) if archived else table.archived_at.is_(None)


def list_rows(
    session: Session,
    table: type[Row],
    *where: ColumnElement[bool],
    archived: bool = False,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[Row]:
    """`before` continues a list after its last row."""
    query = select(table).where(_is_archived(table, archived=archived), *where)
    if before is not None:
        query = query.where(table.id < before)
    return session.scalars(query.order_by(table.id.desc()).limit(limit)).all()


def count_rows(session: Session, table: type[Named], *, archived: bool = False) -> int:
    query = select(func.count()).select_from(table)
    return session.scalar(query.where(_is_archived(table, archived=archived))) or 0


def list_names(session: Session, table: type[Named], *where: ColumnElement[bool]) -> Sequence[str]:
    """What a reference may name, newest first."""
    query = select(table.name).where(_is_archived(table, archived=False), *where)
    return session.scalars(query.order_by(table.id.desc())).all()


def find_maker(session: Session, row: Named) -> User | None:
    return session.get(User, row.created_by_id) if row.created_by_id else None
