"""What pages of rows with names have in common: lists with the archived ones apart, and the routes
that rename, archive and bring back.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Generic, Protocol, TypeVar

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep
from domain.errors import Invalid, Word
from domain.shelf import queries
from domain.shelf import service as shelf
from domain.shelf.models import Named

ROWS_PER_PAGE = 50

Row = TypeVar("Row", bound=Named)
Shown_contra = TypeVar("Shown_contra", bound=Named, contravariant=True)


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    is_archived: bool
    num_archived: int
    cursor: uuid.UUID | None
    next_cursor: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Sayings:
    """What is said when it is done."""

    renamed: Word
    archived: Word
    unarchived: Word


class Show(Protocol[Shown_contra]):
    """The page of one row; `wrong` and `name` are what was sent when the name is refused."""

    def __call__(
        self,
        request: Request,
        session: Session,
        row: Shown_contra,
        /,
        wrong: Mapping[str, str],
        name: str,
    ) -> Response: ...


def cut(
    session: Session,
    table: type[Row],
    rows: Sequence[Row],
    *,
    archived: bool,
    cursor: uuid.UUID | None,
) -> Listed[Row]:
    """A page out of rows of which one more was asked for than a page holds."""
    shown = rows[:ROWS_PER_PAGE]
    return Listed(
        rows=shown,
        is_archived=archived,
        num_archived=queries.count_rows(session, table, archived=True),
        cursor=cursor,
        next_cursor=shown[-1].id if len(rows) > ROWS_PER_PAGE else None,
    )


def list_page(
    session: Session, table: type[Row], *, archived: bool, cursor: uuid.UUID | None
) -> Listed[Row]:
    rows = queries.list_rows(
        session, table, archived=archived, limit=ROWS_PER_PAGE + 1, before=cursor
    )
    return cut(session, table, rows, archived=archived, cursor=cursor)


def add_routes(
    router: APIRouter,
    get: Callable[[Session, uuid.UUID], Row],
    show: Show[Row],
    said: Sayings,
) -> None:
    """`/{row_id}/name`, `/archive` and `/unarchive` below the router's prefix."""

    @router.post("/{row_id}/name")
    def rename(
        request: Request,
        session: SessionDep,
        person: Researcher,
        row_id: uuid.UUID,
        name: Annotated[str, Form()] = "",
    ) -> Response:
        row = get(session, row_id)
        try:
            shelf.rename(session, row, name, actor=person)
        except Invalid as error:
            return show(request, session, row, wrong=errors.by_field(request, error), name=name)
        return go_to(request, router, row, said.renamed)

    @router.post("/{row_id}/archive")
    def archive(
        request: Request, session: SessionDep, person: Researcher, row_id: uuid.UUID
    ) -> Response:
        row = shelf.archive(session, get(session, row_id), actor=person)
        return go_to(request, router, row, said.archived)

    @router.post("/{row_id}/unarchive")
    def unarchive(
        request: Request, session: SessionDep, person: Researcher, row_id: uuid.UUID
    ) -> Response:
        row = shelf.unarchive(session, get(session, row_id), actor=person)
        return go_to(request, router, row, said.unarchived)


def go_to(request: Request, router: APIRouter, row: Named, said: Word) -> Response:
    """To the row's page, with a word about what was done."""
    response = RedirectResponse(f"{router.prefix}/{row.id}", HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, rendering.translate(request, said))
    return response
