"""One step up or down in the queue, as seen by somebody who looks at the list."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from domain.jobs import errors, rules, service
from domain.jobs.models import Job


def move_up(session: Session, job_id: uuid.UUID) -> Job:
    """Before the job that now stands before it; the first one stays."""
    queue, place = _find_place(session, job_id)
    if place == 0:
        return service.get(session, job_id)
    return service.move(session, job_id, before=queue[place - 1].id)


def move_down(session: Session, job_id: uuid.UUID) -> Job:
    """Behind the job that now follows it, whose priority it takes; the last one stays."""
    queue, place = _find_place(session, job_id)
    if place == len(queue) - 1:
        return service.get(session, job_id)
    following = queue[place + 1]
    if place + 2 < len(queue) and queue[place + 2].priority == following.priority:
        return service.move(session, job_id, before=queue[place + 2].id)
    service.set_priority(session, job_id, following.priority)
    return service.move(session, job_id, before=None)


def _find_place(session: Session, job_id: uuid.UUID) -> tuple[Sequence[Row[uuid.UUID, int]], int]:
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
