"""What a researcher does to a study: open, pause, resume, close, look at effects early, let a rater
go on. A refusal is said on the study's page, with the study as it is now.
"""

import uuid
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.studies import pages
from domain.errors import Conflict, Invalid, Word
from domain.launches import service as launches
from domain.ratings import enrolment, queries
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.models import Study
from specs.kinds.study.study_open import StudyOpen

_ = rendering.translate
router = APIRouter()

Reason = Annotated[str, Form(max_length=500)]


@router.post("/{study_id}/open")
def open_study(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
) -> Response:
    """Launches the job that re-encodes its pictures and opens it at the end."""
    study = studies.get(session, study_id, lock=True)
    try:
        opening.check(session, study)
        made = launches.launch(session, StudyOpen(study=study.name), settings, actor=person)
    except (Invalid, Conflict) as error:
        return _refuse(request, session, study, error)
    response = RedirectResponse(f"/jobs/{made.job.id}", HTTPStatus.SEE_OTHER)
    said = _(request, "When this job has succeeded, the study is open.")
    rendering.add_toast(request, response, said)
    return response


@router.post("/{study_id}/pause")
def pause_study(
    request: Request, session: SessionDep, person: Researcher, study_id: uuid.UUID
) -> Response:
    study = studies.get(session, study_id, lock=True)
    said = Word("The study is paused. What raters have in hand is still taken in.")
    return _do(request, session, study, partial(opening.pause, actor=person), said)


@router.post("/{study_id}/resume")
def resume_study(
    request: Request, session: SessionDep, person: Researcher, study_id: uuid.UUID
) -> Response:
    study = studies.get(session, study_id, lock=True)
    said = Word("The study goes on.")
    return _do(request, session, study, partial(opening.resume, actor=person), said)


@router.post("/{study_id}/close")
def close_study(
    request: Request, session: SessionDep, person: Researcher, study_id: uuid.UUID
) -> Response:
    study = studies.get(session, study_id, lock=True)
    said = Word("The study is closed.")
    return _do(request, session, study, partial(opening.close, actor=person), said)


@router.post("/{study_id}/unseal")
def unseal_study(
    request: Request,
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    reason: Reason = "",
) -> Response:
    """Effects by arm before closing: on record for ever, with the reason."""
    study = studies.get(session, study_id, lock=True)
    unseal = partial(opening.unseal, reason=reason, actor=person)
    said = Word("Effects are open. That, and why, is on record.")
    return _do(request, session, study, unseal, said, reason=reason)


@router.post("/{study_id}/raters/{rater_id}/go-on")
def let_rater_go_on(
    request: Request,
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    rater_id: uuid.UUID,
) -> Response:
    study = studies.get(session, study_id)
    rater = queries.get_rater(session, study, rater_id)
    enrolment.let_go_on(session, rater.id, actor=person)
    return pages.go_to(request, study, Word("This rater can go on."))


def _do(
    request: Request,
    session: Session,
    study: Study,
    act: Callable[[Session, Study], object],
    said: Word,
    **typed: str,
) -> Response:
    try:
        act(session, study)
    except (Invalid, Conflict) as error:
        return _refuse(request, session, study, error, **typed)
    return pages.go_to(request, study, said)


def _refuse(
    request: Request, session: Session, study: Study, error: Invalid | Conflict, **typed: str
) -> Response:
    return pages.show(
        request,
        session,
        request.app.state.settings,
        study,
        wrong=errors.by_field(request, error),
        status=errors.find_status(error),
        **typed,
    )
