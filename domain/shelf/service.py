"""Add, rename, archive. Every row keeps what refers to it: nothing is deleted."""

from collections.abc import Sequence
from typing import TypeVar

from psycopg.errors import UniqueViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import clock
from domain.shelf import errors
from domain.shelf.models import Named
from domain.users import audit, names
from domain.users.person import Person

LONGEST_NAME = 120

Row = TypeVar("Row", bound=Named)


def find_by_name(session: Session, table: type[Row], name: str) -> Row | None:
    return session.scalars(select(table).where(table.name == name)).one_or_none()


def check_name(session: Session, table: type[Named], name: str) -> None:
    """Whether a new row may be called so."""
    taken = find_by_name(session, table, name)
    if taken is not None:
        raise errors.NameTaken(table.noun, name, is_archived=taken.archived_at is not None)


def tidy_name(name: str) -> str:
    name = names.tidy(name)
    if not name or len(name) > LONGEST_NAME:
        raise errors.NameEmpty(LONGEST_NAME)
    return name


def add(session: Session, row: Row) -> Row:
    """Insert the row. Somebody else may be inserting the same name in this very instant: who comes
    second waits for the first, and is told.
    """
    check_name(session, type(row), row.name)
    _flush_named(session, row, row.name)
    return row


def _flush_named(session: Session, row: Named, name: str) -> None:
    constraint = f"uq_{row.__tablename__}_name"  # type: ignore[attr-defined]  # every row is of a table
    try:
        with session.begin_nested():
            session.add(row)
            row.name = name
    except IntegrityError as error:
        cause = error.orig
        if isinstance(cause, UniqueViolation) and cause.diag.constraint_name == constraint:
            raise errors.NameTaken(row.noun, name) from error
        raise


def rename(session: Session, row: Row, name: str, *, actor: Person | None) -> Row:
    name = tidy_name(name)
    if name == row.name:
        return row
    check_name(session, type(row), name)
    before = row.name
    _flush_named(session, row, name)
    audit.record(
        session, actor, f"{row.noun.key}.rename", subject=(row.noun.key, row.id), before=before,
        after=name,
    )  # fmt: skip
    return row


def archive(session: Session, row: Row, *, actor: Person | None) -> Row:
    """Out of the lists, with everything that refers to it intact."""
    if row.archived_at is not None:
        raise errors.AlreadyArchived(row)
    row.archived_at = clock.now()
    audit.record(session, actor, f"{row.noun.key}.archive", subject=(row.noun.key, row.id))
    session.flush()
    return row


def unarchive(session: Session, row: Row, *, actor: Person | None) -> Row:
    if row.archived_at is None:
        raise errors.NotArchived(row)
    row.archived_at = None
    audit.record(session, actor, f"{row.noun.key}.unarchive", subject=(row.noun.key, row.id))
    session.flush()
    return row


def list_free_names(session: Session, table: type[Named], wanted: Sequence[str]) -> list[str]:
    """These names; where one is taken, with a number behind it: for rows that nobody names."""
    taken = set(session.scalars(select(table.name)))
    found: list[str] = []
    for name in wanted:
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        found.append(free)
    return found
