"""Parents and children: who waits for whom, and what is handed on.

A parent's end and its children's release are one transaction. To make that true for a child that
is just being inserted, enqueueing takes a share of the parents' row locks: it waits for a parent
that is about to end, and then sees its end. Locks are taken downwards only, parents before
children; whoever holds a child's lock reads its other parents without one. If one of those is just
ending, it finds the child afterwards, and this end is visible to it.
"""

import itertools
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs import bell, errors, events, rules
from domain.jobs.models import Job, JobArtifact, JobParent, JobState


def lock_parents(session: Session, parents: Mapping[str, uuid.UUID]) -> dict[str, Job]:
    ids = sorted(parents.values())
    for earlier, later in itertools.pairwise(ids):
        if earlier == later:
            raise errors.ParentNamedTwice(later)
    rows = session.scalars(
        select(Job)
        .where(Job.id.in_(ids))
        .order_by(Job.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()
    by_id = {row.id: row for row in rows}
    for name, parent_id in parents.items():
        if parent_id not in by_id:
            raise errors.ParentNotFound(name, parent_id)
    return {name: by_id[parent_id] for name, parent_id in parents.items()}


def load_parents(session: Session, job_id: uuid.UUID, *, lock: bool = False) -> dict[str, Job]:
    query = (
        select(JobParent.name, Job)
        .join(Job, Job.id == JobParent.parent_id)
        .where(JobParent.job_id == job_id)
        .order_by(Job.id)
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(read=True, of=Job)
    return dict(session.execute(query).all())


def digest_parents(session: Session, parents: Mapping[str, Job]) -> dict[str, str]:
    """What finished parents hand on, as inputs of the child."""
    digests: dict[str, str] = {}
    for name, parent in parents.items():
        artifact_digests = session.scalars(
            select(Artifact.sha256)
            .join(JobArtifact, JobArtifact.artifact_id == Artifact.id)
            .where(JobArtifact.job_id == parent.id)
        ).all()
        digests[name] = rules.digest_result(parent.result or {}, artifact_digests)
    return digests


def artifact_is_gone() -> ColumnElement[bool]:
    """Whether a JobArtifact row's bytes were released or erased."""
    return (
        select(Artifact.id)
        .where(
            Artifact.id == JobArtifact.artifact_id,
            Artifact.released_at.is_not(None) | Artifact.erased_at.is_not(None),
        )
        .exists()
    )


def announce(session: Session, job: Job) -> None:
    """Write the event of a row that starts to wait, and ring for one that can run."""
    if job.state == JobState.QUEUED:
        job.queued_at = events.add(session, job, "queued").at
        bell.want_ring(session, job.queue)
    elif job.state == JobState.BLOCKED:
        events.add(session, job, "blocked")
        job.finished_at = None
    else:
        events.add(session, job, "message", message="Waits for the jobs before it.")


def _lock_children(session: Session, parent: Job, state: JobState) -> Sequence[Job]:
    return session.scalars(
        select(Job)
        .join(JobParent, JobParent.job_id == Job.id)
        .where(JobParent.parent_id == parent.id, Job.state == state)
        .order_by(Job.id)
        .with_for_update(key_share=True, of=Job)
        .execution_options(populate_existing=True)
    ).all()


def release_children(session: Session, parent: Job) -> None:
    """A parent has succeeded: whoever waited for it alone is queued."""
    session.flush()
    for child in _lock_children(session, parent, JobState.WAITING):
        parents = load_parents(session, child.id)
        if rules.first_state([each.state for each in parents.values()]) is not JobState.QUEUED:
            continue
        child.state = JobState.QUEUED
        child.inputs = dict(child.inputs) | digest_parents(session, parents)
        events.add(session, child, "released", parent=str(parent.id))
        announce(session, child)
    session.flush()


def block_children(session: Session, parent: Job) -> None:
    """A parent has ended without a result: its children cannot run, nor theirs."""
    session.flush()
    for child in _lock_children(session, parent, JobState.WAITING):
        child.state = JobState.BLOCKED
        events.add(session, child, "blocked", parent=str(parent.id), parent_state=parent.state)
        block_children(session, child)
    session.flush()


def unblock_children(session: Session, parent: Job) -> None:
    """A parent runs again: children that only it blocked wait again, and theirs."""
    session.flush()
    for child in _lock_children(session, parent, JobState.BLOCKED):
        parents = load_parents(session, child.id)
        if any(each.state in rules.DEAD_ENDS for each in parents.values()):
            continue
        child.state = JobState.WAITING
        announce(session, child)
        unblock_children(session, child)
    session.flush()
