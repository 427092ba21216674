"""What home tells a researcher: what runs, what needs somebody, who is at work, what is next."""

import ipaddress
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.jobs import rows as jobs
from app.rate.sandbox import ADDRESSES
from domain.datasets import queries as datasets
from domain.datasets.models import Dataset
from domain.jobs import queries
from domain.jobs.models import JobState, WorkerPulse
from domain.ratings import coverage, enrolment
from domain.studies import sandbox, versions
from domain.studies.models import StudyState
from domain.users import queries as people
from domain.users.person import Person
from specs.kinds.system.system_check import SystemCheck
from specs.study.design import Medium

_MAX_RUNNING = 8
_MAX_TROUBLE = 5
_MAX_DATASETS = 5
_TROUBLE = (JobState.FAILED, JobState.LOST, JobState.BLOCKED)


@dataclass(frozen=True)
class Steps:
    """The first things to do here, in this order."""

    has_checked: bool
    has_data: bool
    has_people: bool

    @property
    def next(self) -> str | None:
        """The first that is not done yet."""
        done = {"check": self.has_checked, "data": self.has_data, "people": self.has_people}
        return next((name for name, is_done in done.items() if not is_done), None)


@dataclass(frozen=True)
class SandboxStudy:
    """Open to everybody who is signed in; and whether this person rates in it."""

    medium: Medium
    address: str
    is_begun: bool


@dataclass(frozen=True, kw_only=True)
class Home:
    running: Sequence[jobs.Row]
    num_queued: int
    trouble: Sequence[jobs.Row]
    has_more_trouble: bool
    # Queues in which jobs wait although no worker serves them.
    unserved: Mapping[str, int]
    workers: Sequence[WorkerPulse]
    depths: Mapping[str, int]
    datasets: Sequence[Dataset]
    steps: Steps
    loopback_url: str | None


@dataclass(frozen=True, kw_only=True)
class OwnStudy:
    """One that an annotator takes part in, in the words of their language."""

    id: uuid.UUID
    title: str
    spoken: str
    is_open: bool
    done: int
    total: int


def list_studies(session: Session, person: Person, language: str) -> list[OwnStudy]:
    """In as many queries for ten studies as for one."""
    theirs = enrolment.list_of(session, person.id)
    wordings = versions.map_newest_wordings(session, [study for _, study in theirs])
    progress = coverage.map_progress(session, [rater.id for rater, _ in theirs])
    found = []
    for rater, study in theirs:
        spoken, words = wordings[study.id].speak(language)
        done, total = progress[rater.id]
        found.append(
            OwnStudy(
                id=study.id,
                title=words.title,
                spoken=spoken,
                is_open=study.state == StudyState.OPEN,
                done=done,
                total=total,
            )
        )
    return found


def make_home(session: Session, person: Person, base_url: str) -> Home:
    trouble = queries.list_jobs(session, states=_TROUBLE, limit=_MAX_TROUBLE + 1)
    running = queries.list_jobs(session, states=[JobState.RUNNING], limit=_MAX_RUNNING)
    workers = queries.list_workers(session)
    depths = queries.queue_depths(session)
    served = {queue for worker in workers for queue in worker.queues}
    newest = datasets.list_datasets(session, limit=_MAX_DATASETS)
    return Home(
        running=jobs.make_rows(session, running),
        num_queued=sum(depths.values()),
        trouble=jobs.make_rows(session, trouble[:_MAX_TROUBLE]),
        has_more_trouble=len(trouble) > _MAX_TROUBLE,
        unserved={queue: num for queue, num in depths.items() if queue not in served},
        workers=workers,
        depths=depths,
        datasets=newest,
        steps=Steps(
            has_checked=queries.has_succeeded(session, SystemCheck.kind),
            has_data=bool(newest),
            # Only admins can invite; others would be told of what they cannot do.
            has_people=not person.is_admin or people.count_people(session) > 1,
        ),
        loopback_url=base_url if is_loopback(base_url) else None,
    )


def list_sandbox_studies(session: Session, person: Person) -> list[SandboxStudy]:
    """Where there is something to rate at once; none that is paused, closed or archived."""
    found = []
    for medium, address in ADDRESSES.items():
        study = sandbox.find(session, medium)
        if study is not None and study.state == StudyState.OPEN:
            rater = enrolment.find_rater(session, study.id, person.id)
            found.append(SandboxStudy(medium, address, is_begun=rater is not None))
    return found


def is_loopback(base_url: str) -> bool:
    """Whether only this machine itself can reach the address."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
