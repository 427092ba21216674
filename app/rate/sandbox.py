"""The sandbox's study, without a link: whoever is signed in may rate in it, and sees what raters
see.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.dependencies import SessionDep, SignedIn
from app.rate import joining
from domain.ratings import enrolment
from domain.ratings.errors import ConsentMissing
from domain.studies import sandbox
from domain.users import service as users

router = APIRouter(prefix="/sandbox-study")


@router.get("")
def show_sandbox_study(request: Request, session: SessionDep, person: SignedIn) -> Response:
    """To where this person left off; the first time, to what it is and what they agree to."""
    study = sandbox.get(session)
    rater = enrolment.find_rater(session, study.id, person.id)
    if rater is not None:
        return RedirectResponse(f"/rate/{study.id}", HTTPStatus.SEE_OTHER)
    return joining.show_words(request, session, study)


@router.post("")
def join(
    request: Request,
    session: SessionDep,
    person: SignedIn,
    consent: Annotated[str, Form()] = "",
) -> Response:
    user = users.get_user(session, person.id)
    try:
        rater = enrolment.join_sandbox(session, user, is_agreed=consent == "yes")
    except ConsentMissing as error:
        return joining.show_words(request, session, sandbox.get(session), error)
    return RedirectResponse(f"/rate/{rater.study_id}", HTTPStatus.SEE_OTHER)
