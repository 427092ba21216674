"""The sandbox's studies, without a link: whoever is signed in may rate in them, and sees what
raters see.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.dependencies import SessionDep, SignedIn
from app.rate import joining
from domain.ratings import enrolment
from domain.ratings.errors import ConsentMissing
from domain.studies import sandbox
from domain.users import service as users
from domain.users.person import Person
from specs.study.design import Medium

router = APIRouter(prefix="/sandbox-study")
ADDRESSES: dict[Medium, str] = {"picture": "/sandbox-study", "answer": "/sandbox-study/answers"}

Consent = Annotated[str, Form()]


@router.get("")
def show_pictures(request: Request, session: SessionDep, person: SignedIn) -> Response:
    return _show(request, session, person, "picture")


@router.post("")
def join_pictures(
    request: Request, session: SessionDep, person: SignedIn, consent: Consent = ""
) -> Response:
    return _join(request, session, person, "picture", consent)


@router.get("/answers")
def show_answers(request: Request, session: SessionDep, person: SignedIn) -> Response:
    return _show(request, session, person, "answer")


@router.post("/answers")
def join_answers(
    request: Request, session: SessionDep, person: SignedIn, consent: Consent = ""
) -> Response:
    return _join(request, session, person, "answer", consent)


def _show(request: Request, session: Session, person: Person, medium: Medium) -> Response:
    """To where this person left off; the first time, to what it is and what they agree to."""
    study = sandbox.get(session, medium)
    rater = enrolment.find_rater(session, study.id, person.id)
    if rater is not None:
        return RedirectResponse(f"/rate/{study.id}", HTTPStatus.SEE_OTHER)
    return joining.show_words(request, session, study)


def _join(
    request: Request, session: Session, person: Person, medium: Medium, consent: str
) -> Response:
    user = users.get_user(session, person.id)
    try:
        rater = enrolment.join_sandbox(session, user, medium, is_agreed=consent == "yes")
    except ConsentMissing as error:
        return joining.show_words(request, session, sandbox.get(session, medium), error)
    return RedirectResponse(f"/rate/{rater.study_id}", HTTPStatus.SEE_OTHER)
