"""What pages show of a study itself: its words over time, what was done to it, its opening."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.jobs.models import Job
from domain.studies import errors
from domain.studies.models import Study, StudyEvent, StudyVersion
from domain.users.models import User
from specs.kinds.study.study_open import StudyOpen


@dataclass(frozen=True, kw_only=True)
class Happened:
    event: StudyEvent
    who: str  # empty: the terminal, or the product itself


@dataclass(frozen=True, kw_only=True)
class Worded:
    version: StudyVersion
    who: str


def list_events(session: Session, study: Study) -> list[Happened]:
    """The newest first."""
    rows = session.execute(
        select(StudyEvent, User)
        .outerjoin(User, User.id == StudyEvent.by_id)
        .where(StudyEvent.study_id == study.id)
        .order_by(StudyEvent.id.desc())
    )
    return [Happened(event=event, who=_name(user)) for event, user in rows]


def list_versions(session: Session, study: Study) -> list[Worded]:
    """The newest, which counts, first."""
    rows = session.execute(
        select(StudyVersion, User)
        .outerjoin(User, User.id == StudyVersion.created_by_id)
        .where(StudyVersion.study_id == study.id)
        .order_by(StudyVersion.number.desc())
    )
    return [Worded(version=version, who=_name(user)) for version, user in rows]


def get_version(session: Session, study: Study, number: int) -> StudyVersion:
    found = session.scalar(
        select(StudyVersion).where(StudyVersion.study_id == study.id, StudyVersion.number == number)
    )
    if found is None:
        raise errors.VersionNotFound(study.name, number)
    return found


def find_opening(session: Session, study: Study) -> Job | None:
    """The newest job that was to open it."""
    query = select(Job).where(Job.kind == StudyOpen.kind, Job.spec["study"].astext == study.name)
    return session.scalar(query.order_by(Job.id.desc()).limit(1))


def _name(user: User | None) -> str:
    return (user.name or user.email) if user else ""
