"""All comparisons in one list. For researchers and admins."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.comparisons import rows
from app.dependencies import Researcher, SessionDep
from domain.comparisons import queries

router = APIRouter(prefix="/comparisons")
_ROWS_PER_PAGE = 50


@router.get("")
def list_comparisons(
    request: Request,
    session: SessionDep,
    person: Researcher,
    kind: Annotated[str, Query(max_length=60)] = "",
    cursor: uuid.UUID | None = None,
) -> Response:
    found = queries.list_comparisons(session, kind=kind, limit=_ROWS_PER_PAGE + 1, before=cursor)
    shown = found[:_ROWS_PER_PAGE]
    return rendering.page(
        request,
        "comparisons/list.html",
        rows=rows.make_rows(session, shown),
        kinds=queries.KINDS,
        kind=kind if kind in queries.KINDS else "",
        cursor=cursor,
        next_cursor=shown[-1].id if len(found) > _ROWS_PER_PAGE else None,
    )
