"""What a person asks of a job. Each leaves an entry in the audit log, with whose job it was.

Without scripts a page is shown afterwards; htmx gets the part of the page that changed. A refusal
is said beside the job, with the job as it is now.
"""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep
from app.jobs import pages, rows
from app.security import redirects
from domain.errors import Conflict
from domain.jobs import order, service
from domain.jobs.models import Job
from domain.users import audit
from domain.users.person import Person

_ = rendering.translate
router = APIRouter()

Act = Callable[[Session, uuid.UUID], Job]


@router.post("/{job_id}/cancel")
def cancel(
    request: Request,
    session: SessionDep,
    person: Researcher,
    job_id: uuid.UUID,
    after: Annotated[str, Form(alias="next")] = "",
) -> Response:
    said = _(request, "The job was asked to stop.")
    return _act(request, session, person, job_id, service.request_cancel, said, after)


@router.post("/{job_id}/mark-stopped")
def mark_stopped(
    request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID
) -> Response:
    said = _(request, "The job is marked as stopped.")
    return _act(request, session, person, job_id, service.mark_stopped, said)


@router.post("/{job_id}/retry")
def retry(request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID) -> Response:
    said = _(request, "The job runs again, from the start.")
    return _act(request, session, person, job_id, service.retry, said)


@router.post("/{job_id}/resume")
def resume(
    request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID
) -> Response:
    said = _(request, "The job goes on from what it saved.")
    return _act(request, session, person, job_id, service.resume, said)


def _act(
    request: Request,
    session: Session,
    person: Person,
    job_id: uuid.UUID,
    act: Act,
    said: str,
    after: str = "",
) -> Response:
    try:
        job = act(session, job_id)
    except Conflict as error:
        return _refuse(request, session, job_id, error)
    note(session, person, act.__name__, job)
    if "hx-request" in request.headers:
        session.flush()
        response: Response = rendering.fragment(
            request, "jobs/job.html", "job", view=pages.make_view(session, job_id), refusal=""
        )
    else:
        address = redirects.read_next(after) if after else f"/jobs/{job_id}"
        response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, said)
    return response


def note(session: Session, person: Person, verb: str, job: Job) -> None:
    """`verb` is the domain's name for the act: request_cancel becomes job.cancel."""
    audit.record(
        session,
        person,
        f"job.{verb.removeprefix('request_')}",
        subject=("job", job.id),
        kind=job.kind,
        created_by=str(job.created_by_id) if job.created_by_id else None,
    )


def _refuse(request: Request, session: Session, job_id: uuid.UUID, error: Conflict) -> Response:
    values = {"view": pages.make_view(session, job_id), "refusal": errors.tell(request, error)}
    status = errors.find_status(error)
    if "hx-request" in request.headers:
        # htmx shows what comes with 422; the sentence says the rest.
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return rendering.fragment(request, "jobs/job.html", "job", status, **values)
    return rendering.page(request, "jobs/job.html", status, reused=False, **values)


@router.post("/{job_id}/priority")
def set_priority(
    request: Request,
    session: SessionDep,
    person: Researcher,
    job_id: uuid.UUID,
    priority: Annotated[int, Form(ge=0, le=rows.MAX_PRIORITY)],
) -> Response:
    job = order.set_priority(session, job_id, priority)
    note(session, person, "set_priority", job)
    return _show_queue(request, session)


@router.post("/{job_id}/move")
def move(
    request: Request,
    session: SessionDep,
    person: Researcher,
    job_id: uuid.UUID,
    direction: Annotated[Literal["up", "down"], Form()],
) -> Response:
    step = order.move_up if direction == "up" else order.move_down
    note(session, person, "move", step(session, job_id))
    return _show_queue(request, session)


def _show_queue(request: Request, session: Session) -> Response:
    if "hx-request" not in request.headers:
        return RedirectResponse("/jobs/queue", HTTPStatus.SEE_OTHER)
    session.flush()
    return rendering.fragment(
        request,
        "jobs/queue.html",
        "queues",
        queues=rows.make_queues(session),
        priorities=rows.PRIORITIES,
    )
