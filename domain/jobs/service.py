"""What people and programs may wish for a job. What workers do to it is in claim.py and finish.py.

Every verb locks the job's row first and its children after it, never the other way round: two of
them can wait for each other's end, but not for ever.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.db import new_id
from domain.errors import Invalid, Word
from domain.jobs import bell, errors, events, family, rules
from domain.jobs.models import Job, JobArtifact, JobParent, JobState
from specs import registry
from specs.job import JobSpec

FROM_THE_START = "from the start"
FROM_WHAT_WAS_SAVED = "from what was saved"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Enqueued:
    job: Job
    reused: bool  # an earlier job with the same specification and inputs, which has succeeded


def get(session: Session, job_id: uuid.UUID) -> Job:
    job = session.get(Job, job_id)
    if job is None:
        raise errors.JobNotFound(job_id)
    return job


def get_locked(session: Session, job_id: uuid.UUID) -> Job:
    """The row as it is now, and as it stays until the end of this transaction."""
    found = session.scalars(
        select(Job)
        .where(Job.id == job_id)
        # Without the key: inserting an event or a child does not have to wait for this lock.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise errors.JobNotFound(job_id)
    return found


def enqueue(
    session: Session,
    spec: JobSpec,
    *,
    created_by: uuid.UUID | None,
    parents: Mapping[str, uuid.UUID] = _NOTHING,
    inputs: Mapping[str, str] = _NOTHING,
    priority: int = 100,
    queue: str | None = None,
    fresh: bool = False,
) -> Enqueued:
    """Insert the row in the caller's transaction; the bell rings after its commit.

    `parents` names jobs whose results this one needs; `inputs` names digests of what it reads
    besides. With the same specification and inputs as a job that has succeeded, that job is
    offered instead, unless `fresh` or what the kind reads may have changed meanwhile.
    """
    found = family.lock_parents(session, parents)
    for name in parents:
        if name in inputs:
            raise errors.InputNamedTwice(name)
    state = rules.first_state([parent.state for parent in found.values()])
    known = dict(inputs)
    if state is JobState.QUEUED:
        known |= family.digest_parents(session, found)
        if (
            spec.is_repeatable
            and not fresh
            and (same := _find_same_work(session, spec, known)) is not None
        ):
            return Enqueued(same, reused=True)
    job = Job(
        id=new_id(),
        kind=spec.kind,
        queue=queue or spec.queue,
        priority=priority,
        queue_position=clock.now().timestamp(),
        spec=spec.to_json(),
        spec_hash=spec.digest(),
        inputs=known,
        state=state,
        attempt=0,
        fencing_token=0,
        num_events=0,
        max_attempts=spec.max_attempts,
        created_by_id=created_by,
        progress={},
    )
    session.add(job)
    session.flush()
    for name, parent in found.items():
        session.add(JobParent(job_id=job.id, parent_id=parent.id, name=name))
    family.announce(session, job)
    session.flush()
    return Enqueued(job, reused=False)


def _find_same_work(session: Session, spec: JobSpec, inputs: Mapping[str, str]) -> Job | None:
    """The latest job that did exactly this, and whose files are still there."""
    given_up = (
        select(JobArtifact.job_id)
        .where(JobArtifact.job_id == Job.id, family.artifact_is_gone())
        .exists()
    )
    return session.scalars(
        select(Job)
        .where(
            Job.kind == spec.kind,
            Job.spec_hash == spec.digest(),
            Job.inputs == dict(inputs),
            Job.state == JobState.SUCCEEDED,
            ~given_up,
        )
        .order_by(Job.finished_at.desc())
        .limit(1)
    ).one_or_none()


def request_cancel(session: Session, job_id: uuid.UUID) -> Job:
    """Ask a running job to stop: its worker asks the process, and kills it after a grace. A job
    that has not started is cancelled at once. Asking twice changes nothing.
    """
    job = get_locked(session, job_id)
    if job.state in rules.FINISHED:
        raise errors.JobAlreadyFinished(job_id, job.state, Word("cancelled"))
    if job.state == JobState.RUNNING:
        if job.cancel_requested_at is None:
            job.cancel_requested_at = clock.now()
            events.add(session, job, "cancel_requested")
        return job
    job.cancel_requested_at = clock.now()
    job.finished_at = job.cancel_requested_at
    job.state = JobState.CANCELLED
    events.add(session, job, "cancelled", how="before it started")
    family.block_children(session, job)
    return job


def mark_stopped(session: Session, job_id: uuid.UUID) -> Job:
    """The last step of cancelling, for a worker that does not answer: the row is closed, and the
    new token keeps the worker from publishing should it come back.
    """
    job = get_locked(session, job_id)
    if job.state in rules.FINISHED:
        raise errors.JobAlreadyFinished(job_id, job.state, Word("marked as stopped"))
    if not rules.can_mark_stopped(job.state, job.cancel_requested_at, now=clock.now()):
        raise errors.NotAskedToStop(job_id, int(rules.MARK_STOPPED_AFTER.total_seconds()))
    job.fencing_token += 1
    job.lease_owner = job.lease_expires_at = None
    job.finished_at = clock.now()
    job.state = JobState.CANCELLED
    events.add(session, job, "cancelled", how="marked as stopped")
    family.block_children(session, job)
    return job


def retry(session: Session, job_id: uuid.UUID) -> Job:
    """Run a job that has failed again, from the start; jobs that it blocked wait again."""
    return _run_again(session, job_id, wish=Word("retried"), start=FROM_THE_START)


def resume(session: Session, job_id: uuid.UUID) -> Job:
    """Run a job that has stopped again, from what it saved."""
    return _run_again(session, job_id, wish=Word("resumed"), start=FROM_WHAT_WAS_SAVED)


def _run_again(session: Session, job_id: uuid.UUID, *, wish: Word, start: str) -> Job:
    parents = family.load_parents(session, job_id, lock=True)
    job = get_locked(session, job_id)
    if job.state not in rules.FINISHED:
        raise errors.JobNotFinished(job_id, job.state, wish)
    if job.state == JobState.SUCCEEDED:
        raise errors.JobSucceeded(job_id, wish)
    for parent in parents.values():
        if parent.state in rules.DEAD_ENDS:
            raise errors.JobBlocked(job_id, parent.id, parent.state)
    job.state = rules.first_state([parent.state for parent in parents.values()])
    job.max_attempts = job.attempt + registry.find_spec(job.kind).max_attempts
    job.cancel_requested_at = job.finished_at = job.error = None
    job.progress = {}
    events.add(session, job, "retry", start=start)
    if job.state == JobState.QUEUED:
        job.inputs = dict(job.inputs) | family.digest_parents(session, parents)
    family.announce(session, job)
    family.unblock_children(session, job)
    return job


def clone(
    session: Session,
    job_id: uuid.UUID,
    *,
    created_by: uuid.UUID | None,
    changes: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Job:
    """A new job with the same parents, the specification with these changes, and these inputs;
    None: the same inputs.
    """
    job = get(session, job_id)
    spec = change_spec(job, changes)
    parents = {name: parent.id for name, parent in family.load_parents(session, job.id).items()}
    if inputs is None:
        inputs = {name: digest for name, digest in job.inputs.items() if name not in parents}
    made = enqueue(
        session,
        spec,
        created_by=created_by,
        parents=parents,
        inputs=inputs,
        priority=job.priority,
        queue=job.queue,
        fresh=True,
    ).job
    made.cloned_from_id = job.id
    return made


def change_spec(job: Job, changes: Mapping[str, Any] | None) -> JobSpec:
    """The job's specification with these changes. Raises Invalid."""
    spec_type = registry.find_spec(job.kind)
    try:
        return spec_type.model_validate(dict(job.spec) | dict(changes or {}))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            "'%(name)s' cannot be changed so: %(reason)s.",
            field=field,
            name=field,
            reason=first["msg"],  # pydantic's own words, in English
        ) from error


def set_priority(session: Session, job_id: uuid.UUID, priority: int) -> Job:
    """Lower runs first. The job keeps its place among those of the same priority."""
    job = _get_pending(session, job_id)
    if job.priority != priority:
        events.add(session, job, "message", message=f"Priority {job.priority} became {priority}.")
        job.priority = priority
    return job


def move(session: Session, job_id: uuid.UUID, *, before: uuid.UUID | None) -> Job:
    """Put a job before another one of its queue, whose priority it takes; None: at the end of
    its own priority.
    """
    if before is None or before == job_id:
        job = _get_pending(session, job_id)
        if before is None:
            job.queue_position = clock.now().timestamp()
            bell.want_notice(session, job.id)
        return job
    # In one order whoever moves: two people who swap two jobs do not wait for each other for ever.
    rows = {each: _get_pending(session, each) for each in sorted((job_id, before))}
    job, other = rows[job_id], rows[before]
    if other.queue != job.queue:
        raise errors.DifferentQueues(job.queue, other.queue)
    job.priority = other.priority
    position = _find_place(session, job, other)
    if position is None:
        _spread_out(session, other.queue, other.priority)
        position = _find_place(session, job, other)
    assert position is not None, "Positions that were spread out have room between them."
    job.queue_position = position
    bell.want_notice(session, job.id)
    session.flush()
    return job


def _get_pending(session: Session, job_id: uuid.UUID) -> Job:
    job = get_locked(session, job_id)
    if job.state not in rules.PENDING:
        raise errors.JobNotPending(job_id, job.state)
    return job


def _find_place(session: Session, job: Job, other: Job) -> float | None:
    """A position between `other` and whoever stands before it."""
    neighbour = session.scalar(
        select(func.max(Job.queue_position)).where(
            Job.queue == other.queue,
            Job.priority == other.priority,
            Job.state.in_(rules.PENDING),
            Job.id.not_in((job.id, other.id)),
            Job.queue_position <= other.queue_position,
        )
    )
    return rules.place_between(neighbour, other.queue_position)


def _spread_out(session: Session, queue: str, priority: int) -> None:
    """Give the waiting rows of one priority whole numbers, the last keeping its own: they move
    back in time, so that rows which come later still come later.
    """
    rows = session.scalars(
        select(Job)
        .where(Job.queue == queue, Job.priority == priority, Job.state.in_(rules.PENDING))
        .order_by(Job.queue_position, Job.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for distance, row in enumerate(reversed(rows)):
        row.queue_position = rows[-1].queue_position - distance
    session.flush()
