"""A transaction about jobs: what it queued is rung for once it is committed, and what was done is
in the audit log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from cli import database
from domain import logs
from domain.jobs import bell
from domain.jobs.models import Job
from domain.settings import Settings
from domain.users import audit


@contextmanager
def reach(data: Path) -> Iterator[Session]:
    with database.reach(data) as settings, unit_of_work(settings) as session:
        yield session


@contextmanager
def unit_of_work(settings: Settings) -> Iterator[Session]:
    with database.unit_of_work(settings) as session:
        if settings.redis_url:
            # A Redis that is away costs a warning, which must not land in the JSON on stdout.
            logs.configure(level="WARNING")
            bell.attach(session, settings.redis_url)
        yield session


def note(session: Session, verb: str, job: Job) -> None:
    """The same entry as the panel's, without a person: whoever sits here owns the machine."""
    created_by = str(job.created_by_id) if job.created_by_id else None
    audit.record(
        session, None, f"job.{verb}", subject=("job", job.id), kind=job.kind, created_by=created_by
    )
