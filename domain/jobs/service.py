"""What people and programs may wish for a job. What workers do to it is in claim.py and finish.py.

Every verb locks the job's row first and its children after it, never the other way round: two of
them can wait for each other's end, but not for ever.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.db import new_id
from domain.errors import Invalid, Word
from domain.jobs import errors, events, family, rules
from domain.jobs.models import Job, JobArtifact, JobParent, JobState
from specs import registry
from specs.job import JobSpec, Queue

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
    known = _digest_inputs(session, found, inputs)
    if not fresh and (same := _find_same(session, spec, found, known)) is not None:
        return Enqueued(same, reused=True)
    job = Job(
        id=new_id(),
        kind=spec.kind,
        queue=queue or spec.find_queue(),
        priority=priority,
        queue_position=clock.now().timestamp(),
        spec=spec.to_json(),
        spec_hash=spec.digest(),
        inputs=known,
        state=rules.first_state([parent.state for parent in found.values()]),
        attempt=0,
        fencing_token=0,
        num_events=0,
        max_attempts=spec.max_attempts,
        created_by_id=created_by,
        progress={},
    )
    _insert(session, job, found)
    return Enqueued(job, reused=False)


def find_same_work(
    session: Session,
    spec: JobSpec,
    *,
    parents: Mapping[str, uuid.UUID] = _NOTHING,
    inputs: Mapping[str, str] = _NOTHING,
) -> Job | None:
    """The job that `enqueue` would offer."""
    found = family.lock_parents(session, parents)
    return _find_same(session, spec, found, _digest_inputs(session, found, inputs))


def _digest_inputs(
    session: Session, parents: Mapping[str, Job], inputs: Mapping[str, str]
) -> dict[str, str]:
    """The given ones, and what parents hand on, once all of them have ended."""
    for name in parents:
        if name in inputs:
            raise errors.InputNamedTwice(name)
    known = dict(inputs)
    if _are_done(parents):
        known |= family.digest_parents(session, parents)
    return known


def _are_done(parents: Mapping[str, Job]) -> bool:
    return rules.first_state([each.state for each in parents.values()]) is JobState.QUEUED


def _insert(session: Session, job: Job, parents: Mapping[str, Job]) -> None:
    session.add(job)
    session.flush()
    for name, parent in parents.items():
        session.add(JobParent(job_id=job.id, parent_id=parent.id, name=name))
    family.announce(session, job)
    session.flush()


def _find_same(
    session: Session, spec: JobSpec, parents: Mapping[str, Job], inputs: Mapping[str, str]
) -> Job | None:
    """The latest job that did exactly this, and whose files are still there."""
    if not spec.is_repeatable or not _are_done(parents):
        return None
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
        # Workers with a label were chosen for the job; the usual queues follow the specification.
        queue=None if job.queue in get_args(Queue) else job.queue,
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
