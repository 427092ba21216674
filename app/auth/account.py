"""One's own account: name, password, and the browsers one is signed in with."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.auth.routes import count_account, open_browser
from app.dependencies import AttemptsDep, BrowserDep, SessionDep, SettingsDep, SignedIn
from domain.errors import Invalid
from domain.users import passwords, queries, sessions
from domain.users import service as users
from domain.users.errors import PasswordRepeatWrong
from domain.users.person import Person
from domain.users.sessions import SignedInBrowser

_ = rendering.translate
router = APIRouter(prefix="/account")


class PasswordForm(BaseModel):
    current_password: str = ""
    password: str = ""
    password_again: str = ""


@router.get("")
def show_account(
    request: Request, session: SessionDep, person: SignedIn, browser: BrowserDep
) -> Response:
    return rendering.page(request, "auth/account.html", **_collect(request, session, browser))


@router.post("/name")
def rename(
    request: Request,
    session: SessionDep,
    person: SignedIn,
    browser: BrowserDep,
    name: Annotated[str, Form()] = "",
) -> Response:
    try:
        users.rename(session, person.id, name)
    except Invalid as error:
        values = _collect(request, session, browser)
        values |= {"name": name, "errors": errors.by_field(request, error)}
        return rendering.page(
            request, "auth/account.html", HTTPStatus.UNPROCESSABLE_ENTITY, **values
        )
    return _return_with(request, _(request, "Saved."))


@router.post("/password")
def set_password(
    request: Request,
    session: SessionDep,
    person: SignedIn,
    browser: BrowserDep,
    settings: SettingsDep,
    attempts: AttemptsDep,
    form: Annotated[PasswordForm, Form()],
) -> Response:
    if person.has_password:
        # Whoever sits at an open browser must not be able to guess here without end.
        count_account(person.email, attempts, settings)
    try:
        if form.password != form.password_again:
            raise PasswordRepeatWrong
        user = users.set_password(session, person.id, form.password, current=form.current_password)
    except Invalid as error:
        values = _collect(request, session, browser) | {"errors": errors.by_field(request, error)}
        return rendering.page(
            request, "auth/account.html", HTTPStatus.UNPROCESSABLE_ENTITY, **values
        )
    attempts.forget("account", person.email)
    response = _return_with(
        request, _(request, "Your password is set. Other browsers are signed out.")
    )
    open_browser(request, response, session, user, browser)
    return response


@router.post("/sessions/{session_id}/end")
def end_session(
    request: Request, session: SessionDep, person: SignedIn, session_id: uuid.UUID
) -> Response:
    sessions.end_session(session, person.id, session_id)
    return _return_with(request, _(request, "That browser is signed out."))


@router.post("/sessions/end-others")
def end_other_sessions(
    request: Request, session: SessionDep, person: SignedIn, browser: BrowserDep
) -> Response:
    sessions.end_all(session, person.id, but=browser.session_id if browser else None)
    return _return_with(request, _(request, "All other browsers are signed out."))


def _collect(request: Request, session: Session, browser: SignedInBrowser | None) -> dict[str, Any]:
    assert browser is not None, "Pages know people by their session only."
    person: Person = browser.person
    idle = dt.timedelta(days=request.app.state.settings.session_idle_days)
    return {
        "name": person.name,
        "browsers": queries.list_sessions(session, person.id, idle=idle),
        "this_session_id": browser.session_id,
        "min_length": passwords.MIN_LENGTH,
        "errors": {},
    }


def _return_with(request: Request, message: str) -> Response:
    response = RedirectResponse("/account", HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, message)
    return response
