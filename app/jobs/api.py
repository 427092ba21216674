"""Jobs under /api/v1/jobs. For researchers and admins."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from app.api import OnceDep, Page, PagingDep
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs import actions, launch, pages
from app.jobs.answers import (
    ArtifactOut,
    CloneChanges,
    EventOut,
    EventsOut,
    JobDetails,
    JobOut,
    KindOut,
    Launched,
    Move,
    NewJob,
    PriorityChange,
    RecipeOut,
)
from domain.errors import Invalid
from domain.jobs import logs, order, queries, service
from domain.jobs.models import Job, JobState
from domain.launches import service as launches
from domain.users.person import Person
from specs import registry
from specs.job import JobSpec
from specs.recipe import Recipe

router = APIRouter(prefix="/jobs", tags=["jobs"])

Act = Callable[[Session, uuid.UUID], Job]


@router.get("/kinds")
def list_kinds(person: Researcher) -> list[KindOut]:
    """What can be launched, with the JSON schema of each specification."""
    return [KindOut.of(spec) for spec in registry.list_specs()]


@router.get("")
def list_jobs(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    state: Annotated[list[JobState] | None, Query(description="May be repeated.")] = None,
    kind: str | None = None,
) -> Page[JobOut]:
    """Newest first."""
    rows = queries.list_jobs(
        session,
        states=state,
        kinds=[kind] if kind else None,
        limit=paging.limit + 1,
        before=paging.before,
    )
    return paging.make_page(rows, JobOut.of)


@router.post("", status_code=201, response_model=Launched)
def launch_job(
    body: NewJob, session: SessionDep, settings: SettingsDep, person: Researcher, once: OnceDep
) -> JSONResponse:
    """Launch a job, or be told of the one that has already done exactly this."""

    def make() -> Launched:
        made = launches.launch(
            session,
            read_spec(body.kind, body.spec),
            settings,
            actor=person,
            parents=body.parents,
            inputs=body.inputs,
            priority=body.priority,
            fresh=body.fresh,
        )
        return Launched(reused=made.reused, job=JobOut.of(made.job))

    return once.answer(201, make)


@router.post("/recipes", status_code=201, response_model=RecipeOut)
def launch_recipe(
    body: Recipe,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    once: OnceDep,
    fresh: Annotated[bool, Query(description="Compute every step again.")] = False,  # noqa: FBT002 - a flag in the address
) -> JSONResponse:
    """Launch all steps of a recipe, each after those that it needs. A step whose result is known
    already is that earlier job.
    """

    def make() -> RecipeOut:
        jobs = launches.launch_recipe(session, body, settings, actor=person, fresh=fresh)
        return RecipeOut(jobs=[JobOut.of(job) for job in jobs])

    return once.answer(201, make)


def read_spec(kind: str, values: dict[str, Any]) -> JobSpec:
    try:
        return launch.find_spec(kind).model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(["spec", *(str(part) for part in first["loc"])])
        raise Invalid(
            "'%(name)s' is not right: %(reason)s.",
            field=field,
            name=field,
            reason=first["msg"].removeprefix("Value error, ").rstrip("."),
        ) from error


@router.get("/{job_id}")
def read_job(session: SessionDep, person: Researcher, job_id: uuid.UUID) -> JobDetails:
    job = service.get(session, job_id)
    artifacts = queries.list_artifacts(session, job_id)
    return JobDetails(
        **JobOut.of(job).model_dump(),
        parents=[parent.id for parent in queries.list_parents(session, job_id)],
        children=[child.id for child in queries.list_children(session, job_id)],
        artifacts={
            name: ArtifactOut.model_validate(artifact, from_attributes=True)
            for name, artifact in artifacts.items()
        },
    )


@router.get("/{job_id}/events")
def list_events(
    session: SessionDep,
    person: Researcher,
    job_id: uuid.UUID,
    after: Annotated[int, Query(ge=0, description="The last number you know.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> EventsOut:
    """What happened, oldest first."""
    service.get(session, job_id)
    rows = queries.list_events(session, job_id, after=after, limit=limit)
    return EventsOut(
        items=[EventOut.of(row) for row in rows],
        next_after=rows[-1].number if rows else after,
    )


@router.get("/{job_id}/log", response_class=PlainTextResponse)
def read_log(
    session: SessionDep,
    person: Researcher,
    job_id: uuid.UUID,
    tail: Annotated[
        int | None, Query(ge=1, le=10_000, description="Only so many last lines; else all.")
    ] = None,
) -> Response:
    """What the process of the last attempt wrote, as text."""
    job = service.get(session, job_id)
    if tail is not None:
        return PlainTextResponse(pages.read_log(job, tail))
    return StreamingResponse(logs.stream(job), media_type="text/plain; charset=utf-8")


def _act(session: Session, person: Person, job_id: uuid.UUID, act: Act) -> JobOut:
    job = act(session, job_id)
    session.flush()
    actions.note(session, person, act.__name__, job)
    return JobOut.of(job)


@router.post("/{job_id}/cancel", response_model=JobOut)
def cancel(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    """Ask a running job to stop, or take back one that has not started."""
    return once.answer(200, lambda: _act(session, person, job_id, service.request_cancel))


@router.post("/{job_id}/mark-stopped", response_model=JobOut)
def mark_stopped(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    """Close a job that was asked to stop and whose worker does not answer."""
    return once.answer(200, lambda: _act(session, person, job_id, service.mark_stopped))


@router.post("/{job_id}/retry", response_model=JobOut)
def retry(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    """Run a job that did not succeed again, from the start."""
    return once.answer(200, lambda: _act(session, person, job_id, service.retry))


@router.post("/{job_id}/resume", response_model=JobOut)
def resume(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    """Run a job that did not succeed again, from what it saved."""
    return once.answer(200, lambda: _act(session, person, job_id, service.resume))


@router.post("/{job_id}/clone", status_code=201, response_model=JobOut)
def clone(
    body: CloneChanges,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    job_id: uuid.UUID,
    once: OnceDep,
) -> JSONResponse:
    """A new job with the same parents and inputs, and the spec with these changes."""

    def make() -> JobOut:
        made = launches.clone(session, job_id, settings, actor=person, changes=body.changes)
        return JobOut.of(made)

    return once.answer(201, make)


@router.post("/{job_id}/priority", response_model=JobOut)
def set_priority(
    body: PriorityChange, session: SessionDep, person: Researcher, job_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    """Lower starts earlier. For jobs that have not started."""

    def set_priority(session: Session, job_id: uuid.UUID) -> Job:
        return order.set_priority(session, job_id, body.priority)

    return once.answer(200, lambda: _act(session, person, job_id, set_priority))


@router.post("/{job_id}/move", response_model=JobOut)
def move(
    body: Move, session: SessionDep, person: Researcher, job_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    """Change the order of jobs that have not started."""

    def move(session: Session, job_id: uuid.UUID) -> Job:
        return order.move(session, job_id, before=body.before)

    return once.answer(200, lambda: _act(session, person, job_id, move))
