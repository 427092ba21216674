"""The only writer of job events."""

from typing import Any

from sqlalchemy.orm import Session

from domain import clock
from domain.jobs import bell
from domain.jobs.models import Job, JobEvent


def add(session: Session, job: Job, kind: str, **data: Any) -> JobEvent:
    """Append an event. The caller holds the job's row lock: numbers count without a gap because
    nobody else can count at the same time.
    """
    job.num_events += 1
    added = JobEvent(job_id=job.id, number=job.num_events, at=clock.now(), kind=kind, data=data)
    session.add(added)
    bell.want_notice(session, job.id)
    return added
