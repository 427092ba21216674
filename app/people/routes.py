"""People: add, change the role, let in, shut out. For admins."""

import uuid
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Admin, SessionDep, SettingsDep
from domain.errors import Conflict, Forbidden, Invalid
from domain.users import queries
from domain.users import service as users
from domain.users.models import LinkPurpose, Role, User

_ = rendering.translate
router = APIRouter(prefix="/people")

_ROWS_PER_PAGE = 50


@router.get("")
def list_people(
    request: Request, session: SessionDep, person: Admin, cursor: uuid.UUID | None = None
) -> Response:
    rows = queries.list_people(session, limit=_ROWS_PER_PAGE + 1, before=cursor)
    shown = rows[:_ROWS_PER_PAGE]
    values: dict[str, Any] = {
        "people": shown,
        "cursor": cursor,
        "next_cursor": shown[-1].id if len(rows) > _ROWS_PER_PAGE else None,
    }
    if "hx-request" in request.headers:
        return rendering.fragment(request, "people/list.html", "rows", **values)
    return rendering.page(
        request, "people/list.html", num_people=queries.count_people(session), **values
    )


@router.get("/new")
def show_form(request: Request, person: Admin) -> Response:
    values = {"email": "", "name": "", "role": Role.ANNOTATOR.value}
    return rendering.page(request, "people/new.html", values=values, errors={})


@router.post("")
def add_person(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Admin,
    email: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
) -> Response:
    try:
        user = users.create_user(session, email=email, name=name, role=role, actor=person)
    except (Invalid, Conflict) as error:
        values = {"email": email, "name": name, "role": role}
        return rendering.page(
            request,
            "people/new.html",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            values=values,
            errors=errors.by_field(request, error),
        )
    token = users.create_sign_in_link(session, user, actor=person)
    return _show_link(request, user, f"{settings.base_url}/sign-in/{token}")


@router.get("/{user_id}")
def show_person(
    request: Request, session: SessionDep, person: Admin, user_id: uuid.UUID
) -> Response:
    user = users.get_user(session, user_id)
    return rendering.page(
        request, "people/person.html", user=user, is_self=user.id == person.id, errors={}
    )


@router.post("/{user_id}/role")
def change_role(
    request: Request,
    session: SessionDep,
    person: Admin,
    user_id: uuid.UUID,
    role: Annotated[str, Form()] = "",
) -> Response:
    try:
        user = users.change_role(session, user_id, role, actor=person)
    except (Invalid, Conflict, Forbidden) as error:
        return _show_refusal(request, users.get_user(session, user_id), person.id, error)
    return _return_to(request, user, _(request, "The role is changed."))


@router.post("/{user_id}/disable")
def disable(request: Request, session: SessionDep, person: Admin, user_id: uuid.UUID) -> Response:
    try:
        user = users.disable(session, user_id, actor=person)
    except (Conflict, Forbidden) as error:
        return _show_refusal(request, users.get_user(session, user_id), person.id, error)
    return _return_to(
        request, user, _(request, "The person is disabled and signed out everywhere.")
    )


@router.post("/{user_id}/enable")
def enable(request: Request, session: SessionDep, person: Admin, user_id: uuid.UUID) -> Response:
    user = users.enable(session, user_id, actor=person)
    return _return_to(request, user, _(request, "The person may sign in again."))


@router.post("/{user_id}/link")
def create_link(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Admin,
    user_id: uuid.UUID,
    purpose: Annotated[LinkPurpose, Form()] = LinkPurpose.SIGN_IN,
) -> Response:
    user = users.get_user(session, user_id)
    try:
        token = users.create_sign_in_link(session, user, purpose, actor=person)
    except Conflict as error:
        return _show_refusal(request, user, person.id, error)
    return _show_link(request, user, f"{settings.base_url}/sign-in/{token}")


def _show_link(request: Request, user: User, link: str) -> Response:
    """In the answer itself, not behind a redirect: nothing keeps the link but this page."""
    valid_days = users.LINK_VALID_FOR.days
    response = rendering.page(
        request, "people/link.html", user=user, link=link, valid_days=valid_days
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _show_refusal(
    request: Request, user: User, own_id: uuid.UUID, error: Invalid | Conflict | Forbidden
) -> Response:
    return rendering.page(
        request,
        "people/person.html",
        errors.find_status(error),
        user=user,
        is_self=user.id == own_id,
        errors=errors.by_field(request, error),
    )


def _return_to(request: Request, user: User, message: str) -> Response:
    response = RedirectResponse(f"/people/{user.id}", HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, message)
    return response
