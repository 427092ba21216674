"""The invite: what the study is, consent, one button. The link is the key, not a password."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.auth.routes import count_address, open_browser
from app.dependencies import Anyone, AttemptsDep, BrowserDep, SessionDep, SettingsDep
from app.security.limits import Attempts
from app.settings import WebSettings
from domain.errors import Invalid
from domain.ratings import enrolment, views
from domain.ratings.errors import ConsentMissing, InviteSpent
from domain.studies.models import Study
from domain.users import guests
from domain.users import service as users

router = APIRouter(prefix="/join")

_INVITE_WINDOW_S = 60
_SECRET_ADDRESS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get("/{token}")
def show_invite(
    request: Request, session: SessionDep, person: Anyone, attempts: AttemptsDep,
    settings: SettingsDep, token: str,
) -> Response:  # fmt: skip
    _count(request, attempts, settings, token)
    return _show(request, session, token)


@router.post("/{token}")
def join(
    request: Request,
    session: SessionDep,
    browser: BrowserDep,
    attempts: AttemptsDep,
    settings: SettingsDep,
    token: str,
    consent: Annotated[str, Form()] = "",
) -> Response:
    """Whoever is signed in joins as themselves; everybody else as a guest."""
    _count(request, attempts, settings, token)
    try:
        enrolment.find_invite(session, token)
        is_agreed = consent == "yes"
        if not is_agreed:
            raise ConsentMissing
        user = (
            users.get_user(session, browser.person.id)
            if browser
            else guests.create(session, language=rendering.choose_language(request).code)
        )
        rater = enrolment.join(session, token, user, is_agreed=is_agreed)
    except Invalid as error:
        return _show(request, session, token, error)
    response = RedirectResponse(f"/rate/{rater.study_id}", HTTPStatus.SEE_OTHER, _SECRET_ADDRESS)
    if browser is None:
        open_browser(request, response, session, user, browser)
    return response


def _count(request: Request, attempts: Attempts, settings: WebSettings, token: str) -> None:
    """Per invite first: a whole village may share one address."""
    attempts.count("invite", token, limit=settings.attempts_per_address, window_s=_INVITE_WINDOW_S)
    count_address(request, attempts, settings)


def _show(request: Request, session: Session, token: str, error: Invalid | None = None) -> Response:
    try:
        _invite, study = enrolment.find_invite(session, token)
    except InviteSpent as spent:
        return rendering.page(
            request, "rate/spent.html", HTTPStatus.NOT_FOUND, said=errors.tell(request, spent)
        )
    response = show_words(request, session, study, error, by_link=True)
    response.headers.update(_SECRET_ADDRESS)
    return response


def show_words(
    request: Request,
    session: Session,
    study: Study,
    error: Invalid | None = None,
    *,
    by_link: bool = False,
) -> Response:
    """What the study is, and what one agrees to."""
    spoken, words, _ = views.speak(session, study, rendering.choose_language(request).code)
    return rendering.page(
        request,
        "rate/invite.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        words=words,
        spoken=spoken,
        by_link=by_link,
        errors=errors.by_field(request, error) if error else {},
    )
