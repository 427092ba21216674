"""What pages, the API and the terminal show of jobs."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs import pulses, rules
from domain.jobs.models import Job, JobArtifact, JobEvent, JobParent, JobState, WorkerPulse
from domain.users.models import User


def list_jobs(
    session: Session,
    *,
    states: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[Job]:
    """Newest first. `before` continues a list after its last row."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if states is not None:
        query = query.where(Job.state.in_(states))
    if kinds is not None:
        query = query.where(Job.kind.in_(kinds))
    if before is not None:
        query = query.where(Job.id < before)
    return session.scalars(query).all()


def list_queue(session: Session, queue: str | None = None, *, limit: int = 200) -> Sequence[Job]:
    """Jobs that have not started, in the order in which they will."""
    query = select(Job).where(Job.state.in_(rules.PENDING))
    if queue is not None:
        query = query.where(Job.queue == queue)
    order = (Job.queue, Job.priority, Job.queue_position, Job.id)
    return session.scalars(query.order_by(*order).limit(limit)).all()


def list_events(
    session: Session, job_id: uuid.UUID, after: int = 0, limit: int = 500
) -> Sequence[JobEvent]:
    query = select(JobEvent).where(JobEvent.job_id == job_id, JobEvent.number > after)
    return session.scalars(query.order_by(JobEvent.number).limit(limit)).all()


def list_parents(session: Session, job_id: uuid.UUID) -> Sequence[Job]:
    query = select(Job).join(JobParent, JobParent.parent_id == Job.id)
    return session.scalars(query.where(JobParent.job_id == job_id).order_by(JobParent.name)).all()


def list_children(session: Session, job_id: uuid.UUID) -> Sequence[Job]:
    query = select(Job).join(JobParent, JobParent.job_id == Job.id)
    return session.scalars(query.where(JobParent.parent_id == job_id).order_by(Job.id)).all()


def get_parent_results(session: Session, job_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """What the job's parents hand on, by the names under which it waited for them."""
    rows = session.execute(
        select(JobParent.name, Job.result)
        .join(Job, Job.id == JobParent.parent_id)
        .where(JobParent.job_id == job_id)
    )
    return {name: result or {} for name, result in rows}


def list_artifacts(session: Session, job_id: uuid.UUID) -> dict[str, Artifact]:
    """What the winning attempt published, by name."""
    rows = session.execute(
        select(JobArtifact.name, Artifact)
        .join(Artifact, Artifact.id == JobArtifact.artifact_id)
        .where(JobArtifact.job_id == job_id)
        .order_by(JobArtifact.name)
    )
    return dict(rows.all())


def list_workers(session: Session) -> Sequence[WorkerPulse]:
    """Workers that have told lately that they are alive."""
    query = select(WorkerPulse).where(pulses.is_alive())
    return session.scalars(query.order_by(WorkerPulse.owner)).all()


def count_by_state(session: Session) -> dict[str, int]:
    """Every state, also those without a job."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {state.value: 0 for state in JobState} | dict(rows.all())


def queue_depths(session: Session) -> dict[str, int]:
    """How many jobs could start now, by queue."""
    rows = session.execute(
        select(Job.queue, func.count()).where(Job.state == JobState.QUEUED).group_by(Job.queue)
    )
    return dict(rows.all())


def count_ahead(session: Session, job_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """For those of these jobs that are queued: their place in their queue, the first being 1."""
    place = func.row_number().over(
        partition_by=Job.queue, order_by=(Job.priority, Job.queue_position, Job.id)
    )
    ranked = select(Job.id, place.label("place")).where(Job.state == JobState.QUEUED).subquery()
    rows = session.execute(select(ranked.c.id, ranked.c.place).where(ranked.c.id.in_(job_ids)))
    return dict(rows.all())


def list_creators(session: Session, jobs: Sequence[Job]) -> dict[uuid.UUID, User]:
    """Who launched these jobs."""
    ids = {job.created_by_id for job in jobs} - {None}
    users = session.scalars(select(User).where(User.id.in_(ids))).all() if ids else []
    return {user.id: user for user in users}


def list_first_progress(
    session: Session, job_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, JobEvent]:
    """Where the current attempt of each running job was when it first reported: what was done
    before that was done by earlier attempts, and says nothing about the pace of this one.
    """
    query = (
        select(JobEvent)
        .join(Job, Job.id == JobEvent.job_id)
        .where(
            Job.id.in_(job_ids),
            Job.state == JobState.RUNNING,
            JobEvent.kind == "progress",
            JobEvent.at >= Job.started_at,
        )
        .ext(distinct_on(JobEvent.job_id))
        .order_by(JobEvent.job_id, JobEvent.number)
    )
    return {event.job_id: event for event in session.scalars(query)}


def list_notable_events(
    session: Session, job_id: uuid.UUID, limit: int = 200
) -> Sequence[JobEvent]:
    """Everything but progress, newest first."""
    query = select(JobEvent).where(JobEvent.job_id == job_id, JobEvent.kind != "progress")
    return session.scalars(query.order_by(JobEvent.number.desc()).limit(limit)).all()


def list_progress(session: Session, job: Job, limit: int = 200) -> Sequence[JobEvent]:
    """Reports of the latest attempt, evenly thinned to about `limit`, first and last included."""
    reports = select(
        JobEvent.id,
        func.row_number().over(order_by=JobEvent.number).label("place"),
        func.count().over().label("num"),
    ).where(JobEvent.job_id == job.id, JobEvent.kind == "progress")
    if job.started_at is not None:
        reports = reports.where(JobEvent.at >= job.started_at)
    placed = reports.subquery()
    step = func.greatest(1, placed.c.num // limit)
    kept = (placed.c.place == placed.c.num) | ((placed.c.place - 1) % step == 0)
    query = select(JobEvent).join(placed, placed.c.id == JobEvent.id).where(kept)
    return session.scalars(query.order_by(JobEvent.number)).all()


def has_succeeded(session: Session, kind: str) -> bool:
    """Whether any job of this kind has ever succeeded."""
    found = select(Job.id).where(Job.kind == kind, Job.state == JobState.SUCCEEDED)
    return session.scalar(select(found.exists())) or False
