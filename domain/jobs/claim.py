"""Taking the next job, keeping it, and noticing that it was lost.

Leases are counted by the database's clock alone: machines disagree about the time. Its
`clock_timestamp()` moves within a transaction, where `now()` stands still.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from domain import clock
from domain.jobs import errors, events, family, service
from domain.jobs.models import Job, JobEvent, JobState


@dataclass(frozen=True)
class Claim:
    """One attempt. Who writes about the job names it, and an old one changes nothing."""

    job_id: uuid.UUID
    token: int
    kind: str
    attempt: int
    # Attempts with the same number continue each other; a retry from the start counts on.
    start: int


def _is_expired() -> ColumnElement[bool]:
    return and_(Job.state == JobState.RUNNING, Job.lease_expires_at < func.clock_timestamp())


def is_claimable() -> ColumnElement[bool]:
    """Queued, or left behind by a worker whose lease ran out."""
    left_behind = and_(
        _is_expired(), Job.attempt < Job.max_attempts, Job.cancel_requested_at.is_(None)
    )
    return or_(Job.state == JobState.QUEUED, left_behind)


def _set_lease(session: Session, job: Job, lease_s: float) -> None:
    now = session.scalars(select(func.clock_timestamp())).one()
    job.heartbeat_at = now
    job.lease_expires_at = now + dt.timedelta(seconds=lease_s)


def take(session: Session, queues: Sequence[str], *, owner: str, lease_s: float) -> Claim | None:
    """Lease the best row of these queues; None when there is nothing to do."""
    job = session.scalars(
        select(Job)
        .where(Job.queue.in_(queues), is_claimable())
        .order_by(Job.priority, Job.queue_position, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        return None
    _set_lease(session, job, lease_s)
    if job.state == JobState.RUNNING:
        events.add(session, job, "lost", owner=job.lease_owner, attempt=job.attempt)
    job.state = JobState.RUNNING
    job.attempt += 1
    job.fencing_token += 1
    job.lease_owner = owner
    job.started_at = clock.now()
    job.finished_at = job.error = job.log_uri = None
    job.progress = {}
    events.add(session, job, "claimed", owner=owner, attempt=job.attempt, token=job.fencing_token)
    session.flush()
    return Claim(job.id, job.fencing_token, job.kind, job.attempt, _count_starts(session, job.id))


def _count_starts(session: Session, job_id: uuid.UUID) -> int:
    query = select(func.count()).where(
        JobEvent.job_id == job_id,
        JobEvent.kind == "retry",
        JobEvent.data["start"].astext == service.FROM_THE_START,
    )
    return session.scalars(query).one()


def hold(session: Session, claim: Claim) -> Job:
    """The locked row of an attempt that still owns it. Raises LeaseLost."""
    try:
        job = service.get_locked(session, claim.job_id)
    except errors.JobNotFound:
        raise errors.LeaseLost(claim.job_id, claim.token) from None
    if job.fencing_token != claim.token or job.state != JobState.RUNNING:
        raise errors.LeaseLost(claim.job_id, claim.token)
    return job


def renew(session: Session, claim: Claim, *, lease_s: float) -> None:
    """Keep the job. Also late: as long as nobody else took it, it is still ours."""
    _set_lease(session, hold(session, claim), lease_s)


def is_asked_to_stop(session: Session, claim: Claim) -> bool:
    """Whether somebody asked to cancel. Cheap, without a lock. Raises LeaseLost."""
    row = session.execute(
        select(Job.cancel_requested_at).where(
            Job.id == claim.job_id,
            Job.fencing_token == claim.token,
            Job.state == JobState.RUNNING,
        )
    ).one_or_none()
    if row is None:
        raise errors.LeaseLost(claim.job_id, claim.token)
    return row[0] is not None


def reap(session: Session) -> int:
    """Queue again what expired leases left behind, and close what has no attempt left or was
    to be cancelled. Returns how many jobs it found.
    """
    expired = session.scalars(
        select(Job)
        .where(_is_expired())
        .order_by(Job.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for job in expired:
        events.add(session, job, "lost", owner=job.lease_owner, attempt=job.attempt)
        job.lease_owner = job.lease_expires_at = None
        if job.cancel_requested_at is not None:
            job.state = JobState.CANCELLED
            events.add(session, job, "cancelled", how="its worker had gone away")
        elif job.attempt < job.max_attempts:
            job.state = JobState.QUEUED
            family.announce(session, job)
            continue
        else:
            job.state = JobState.LOST
            job.error = {"kind": "lost", "message": describe_loss(job.attempt)}
        job.finished_at = clock.now()
        family.block_children(session, job)
    session.flush()
    return len(expired)


def describe_loss(num_attempts: int) -> str:
    return (
        f"Its process or its worker went away in each of {num_attempts} attempts. "
        "The log says how far it came; retry it once the cause is gone."
    )


def list_queues_to_ring(session: Session) -> list[str]:
    """Queues in which a worker would find something to do."""
    return list(session.scalars(select(Job.queue).where(is_claimable()).distinct()))
