"""API tokens: one's own, and for admins everybody's."""

import uuid
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from domain import clock
from domain.errors import Invalid
from domain.users import queries, tokens
from domain.users import service as users
from domain.users.person import Person

_ = rendering.translate
router = APIRouter(prefix="/tokens")

_ROWS_PER_PAGE = 50
_CHOICES_OF_DAYS = (7, 30, 90, 365)
_USUAL_DAYS = 90


@router.get("")
def list_tokens(
    request: Request, session: SessionDep, person: Researcher, cursor: uuid.UUID | None = None
) -> Response:
    values = _collect(session, person, cursor)
    if "hx-request" in request.headers:
        return rendering.fragment(request, "tokens/list.html", "rows", **values)
    return rendering.page(
        request,
        "tokens/list.html",
        **values,
        values={"name": "", "valid_days": _USUAL_DAYS},
        errors={},
    )


@router.post("")
def create_token(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    name: Annotated[str, Form()] = "",
    valid_days: Annotated[int, Form()] = _USUAL_DAYS,
) -> Response:
    user = users.get_user(session, person.id)
    try:
        made = tokens.create_token(session, user, name=name, valid_days=valid_days, actor=person)
    except Invalid as error:
        return rendering.page(
            request,
            "tokens/list.html",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            **_collect(session, person, None),
            values={"name": name, "valid_days": valid_days},
            errors=errors.by_field(request, error),
        )
    response = rendering.page(
        request,
        "tokens/created.html",
        token=made.row,
        secret=made.secret,
        base_url=settings.base_url,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/{token_id}/revoke")
def revoke_token(
    request: Request, session: SessionDep, person: Researcher, token_id: uuid.UUID
) -> Response:
    tokens.revoke_token(session, token_id, actor=person)
    response = RedirectResponse("/tokens", HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, _(request, "The token is revoked."))
    return response


def _collect(session: Session, person: Person, cursor: uuid.UUID | None) -> dict[str, Any]:
    rows = queries.list_tokens(
        session,
        user_id=None if person.is_admin else person.id,
        limit=_ROWS_PER_PAGE + 1,
        before=cursor,
    )
    shown = rows[:_ROWS_PER_PAGE]
    return {
        "tokens": shown,
        "cursor": cursor,
        "next_cursor": shown[-1].id if len(rows) > _ROWS_PER_PAGE else None,
        "now": clock.now(),
        "choices_of_days": _CHOICES_OF_DAYS,
    }
