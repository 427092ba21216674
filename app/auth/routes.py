"""The door: password, one-time link, out again. Open to anyone.

These forms carry no token: before a session there is nothing to bind one to. The origin check
(app/security/gates.py) and the SameSite cookie keep other sites from sending them.
"""

from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import (
    Anyone,
    AttemptsDep,
    BrowserDep,
    SessionDep,
    SettingsDep,
    read_lifetime,
)
from app.security import cookies
from app.security.limits import Attempts
from app.security.redirects import read_next
from app.settings import WebSettings
from domain.users import guests, sessions
from domain.users import service as users
from domain.users.errors import LanguageUnknown, LinkSpent, SignInRefused
from domain.users.models import User
from domain.users.sessions import SignedInBrowser
from reports import language as languages

log = structlog.get_logger(__name__)
_ = rendering.translate
router = APIRouter()

_ACCOUNT_WINDOW_S = 15 * 60
_ADDRESS_WINDOW_S = 60
# The address of such a page is a secret: no copy on disk, no trace in the next site's log.
_SECRET_ADDRESS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get("/sign-in")
def show_sign_in(request: Request, person: Anyone, next: str = "") -> Response:  # noqa: A002 - the name in the address
    if person is not None:
        return RedirectResponse(read_next(next), HTTPStatus.SEE_OTHER)
    return rendering.page(request, "auth/sign_in.html", email="", next=read_next(next), errors={})


@router.post("/sign-in")
def sign_in(
    request: Request,
    session: SessionDep,
    browser: BrowserDep,
    settings: SettingsDep,
    attempts: AttemptsDep,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - the name of the field
) -> Response:
    who = email.strip().lower()
    count_address(request, attempts, settings)
    count_account(who, attempts, settings)
    try:
        user = sessions.sign_in_with_password(session, email, password)
    except SignInRefused as error:
        log.info("sign_in.refused")
        values = {
            "email": email,
            "next": read_next(next),
            "errors": errors.by_field(request, error),
        }
        return rendering.page(
            request, "auth/sign_in.html", HTTPStatus.UNPROCESSABLE_ENTITY, **values
        )
    attempts.forget("account", who)
    response = RedirectResponse(read_next(next), HTTPStatus.SEE_OTHER)
    open_browser(request, response, session, user, browser)
    return response


@router.get("/sign-in/{token}")
def show_link(
    request: Request, session: SessionDep, attempts: AttemptsDep, settings: SettingsDep, token: str
) -> Response:
    """Only shows a button. Programs that preview links open them, and must not spend them."""
    count_address(request, attempts, settings)
    try:
        user = users.check_link(session, token)
    except LinkSpent as error:
        return _show_spent_link(request, error)
    response = rendering.page(
        request, "auth/link.html", email=user.email, name=user.name, is_guest=guests.is_guest(user)
    )
    response.headers.update(_SECRET_ADDRESS)
    return response


@router.post("/sign-in/{token}")
def use_link(
    request: Request,
    session: SessionDep,
    browser: BrowserDep,
    settings: SettingsDep,
    attempts: AttemptsDep,
    token: str,
) -> Response:
    count_address(request, attempts, settings)
    attempts.count("link", token, limit=settings.attempts_per_account, window_s=_ACCOUNT_WINDOW_S)
    try:
        user = users.use_link(session, token)
    except LinkSpent as error:
        return _show_spent_link(request, error)
    if users.is_first_link(session, user):
        # Nobody has chosen yet: the pages go on in the language of the one with the button.
        users.change_language(session, user.id, rendering.choose_language(request).code)
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER, _SECRET_ADDRESS)
    open_browser(request, response, session, user, browser)
    if user.password_hash is None and not guests.is_guest(user):
        message = _(
            request, "Welcome. Set a password on your account page; this link works only once."
        )
        rendering.add_toast(request, response, message, "neutral")
    return response


@router.post("/sign-out")
def sign_out(request: Request, session: SessionDep, browser: BrowserDep) -> Response:
    """Open to anyone: a session that has ended already is signed out, not an error."""
    if browser is not None:
        sessions.forget(session, browser)
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    cookies.take(request, response)
    return response


@router.post("/language")
def choose_language(
    request: Request,
    session: SessionDep,
    person: Anyone,
    language: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - the name of the field
) -> Response:
    chosen = _read_language(language)
    if person is not None:
        users.change_language(session, person.id, chosen.code)
    response = RedirectResponse(read_next(next), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        rendering.LANGUAGE_COOKIE,
        chosen.code,
        max_age=365 * 24 * 60 * 60,
        samesite="lax",
        httponly=True,
        secure=request.url.scheme == "https",
    )
    return response


def count_address(request: Request, attempts: Attempts, settings: WebSettings) -> None:
    address = request.client.host if request.client else "local"
    attempts.count(
        "address", address, limit=settings.attempts_per_address, window_s=_ADDRESS_WINDOW_S
    )


def count_account(email: str, attempts: Attempts, settings: WebSettings) -> None:
    attempts.count(
        "account", email, limit=settings.attempts_per_account, window_s=_ACCOUNT_WINDOW_S
    )


def open_browser(
    request: Request,
    response: Response,
    session: Session,
    user: User,
    earlier: SignedInBrowser | None,
) -> None:
    """Always a new session: what somebody may have planted or seen before is worth nothing."""
    if earlier is not None:
        sessions.forget(session, earlier)
    opened = sessions.open_session(
        session,
        user,
        read_lifetime(request.app.state.settings),
        user_agent=request.headers.get("user-agent", ""),
    )
    cookies.give(request, response, opened.token)


def _read_language(code: str) -> languages.Language:
    for offered in languages.list_offered():
        if offered.code == code:
            return offered
    raise LanguageUnknown(code)


def _show_spent_link(request: Request, error: LinkSpent) -> Response:
    return rendering.page(
        request,
        "auth/spent_link.html",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        message=errors.tell(request, error),
    )
