"""The audit log, newest first, with filters. For admins."""

import datetime as dt
import uuid
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Admin, SessionDep
from domain.users import queries
from domain.users.queries import AuditFilter

router = APIRouter(prefix="/audit")

_ROWS_PER_PAGE = 50


def _read_empty_as_none(value: object) -> object:
    return None if value == "" else value


# A form sends its empty fields too.
_OptionalDay = Annotated[dt.date | None, BeforeValidator(_read_empty_as_none)]


class Wanted(BaseModel):
    """The filter as the page's form spells it. Days are whole days, in UTC like the log."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: _OptionalDay = None
    until: _OptionalDay = None
    cursor: uuid.UUID | None = None

    def make_filter(self) -> AuditFilter:
        return AuditFilter(
            actor=self.actor.strip(),
            action=self.action,
            subject=self.subject.strip(),
            since=_start(self.since) if self.since else None,
            until=_end(self.until) if self.until else None,
        )

    def make_address(self, cursor: uuid.UUID | None = None) -> str:
        values = self.model_dump(mode="json") | {"cursor": cursor}
        return "/audit?" + urlencode({name: value for name, value in values.items() if value})


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def _end(day: dt.date) -> dt.datetime:
    """The day's last moment, and not the next day's first: there is none after the last day."""
    return dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)


@router.get("")
def list_entries(
    request: Request, session: SessionDep, person: Admin, wanted: Annotated[Wanted, Query()]
) -> Response:
    rows = queries.list_audit_entries(
        session, wanted.make_filter(), limit=_ROWS_PER_PAGE + 1, before=wanted.cursor
    )
    shown = rows[:_ROWS_PER_PAGE]
    has_more = len(rows) > _ROWS_PER_PAGE
    values: dict[str, Any] = {
        "entries": shown,
        "first_address": wanted.make_address() if wanted.cursor else None,
        "next_address": wanted.make_address(shown[-1].id) if has_more else None,
    }
    if "hx-request" in request.headers:
        return rendering.fragment(request, "audit/list.html", "rows", **values)
    return rendering.page(
        request,
        "audit/list.html",
        wanted=wanted,
        actions=queries.list_audit_actions(session),
        **values,
    )
