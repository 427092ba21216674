"""Where a job stands among those that have not started: its priority, and its place in it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.jobs import bell, errors, events, rules, service
from domain.jobs.models import Job


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


def move_up(session: Session, job_id: uuid.UUID) -> Job:
    """Before the job that now stands before it; the first one stays."""
    queue, place = _look_up(session, job_id)
    if place == 0:
        return service.get(session, job_id)
    return move(session, job_id, before=queue[place - 1].id)


def move_down(session: Session, job_id: uuid.UUID) -> Job:
    """Behind the job that now follows it, whose priority it takes; the last one stays."""
    queue, place = _look_up(session, job_id)
    if place == len(queue) - 1:
        return service.get(session, job_id)
    following = queue[place + 1]
    if place + 2 < len(queue) and queue[place + 2].priority == following.priority:
        return move(session, job_id, before=queue[place + 2].id)
    set_priority(session, job_id, following.priority)
    return move(session, job_id, before=None)


def _look_up(session: Session, job_id: uuid.UUID) -> tuple[Sequence[Row[uuid.UUID, int]], int]:
    job = service.get(session, job_id)
    queue = session.execute(
        select(Job.id, Job.priority)
        .where(Job.queue == job.queue, Job.state.in_(rules.PENDING))
        .order_by(Job.priority, Job.queue_position, Job.id)
    ).all()
    for place, (each_id, _) in enumerate(queue):
        if each_id == job_id:
            return queue, place
    raise errors.JobNotPending(job_id, job.state)


def _get_pending(session: Session, job_id: uuid.UUID) -> Job:
    job = service.get_locked(session, job_id)
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
