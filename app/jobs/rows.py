"""Jobs as lists show them: their words, their place in the queue, their pace, what may be asked of
them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain import clock
from domain.jobs import queries, rules
from domain.jobs.models import Job, JobEvent, JobState
from specs import registry
from specs.job import JobSpec

PRIORITIES = (10, 50, 100, 200)
MAX_PRIORITY = 1000
ROWS_PER_PAGE = 50
_ACTIVE = (JobState.RUNNING, JobState.QUEUED, JobState.WAITING)
_ENDED_BADLY = frozenset({JobState.FAILED, JobState.CANCELLED, JobState.LOST})


@dataclass(frozen=True)
class Pace:
    """How fast a running job goes, measured within its current attempt."""

    per_s: float
    remaining_s: float | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A job as lists show it."""

    job: Job
    label: str
    subject: str
    who: str | None
    place: int | None
    pace: Pace | None
    running_s: float | None
    can_cancel: bool

    @property
    def id(self) -> uuid.UUID:
        return self.job.id


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """What may be asked of a job in its state. The domain decides again when it is asked."""

    cancel: bool
    mark_stopped: bool
    retry: bool
    # Seconds until it can be marked as stopped, when it was asked to cancel.
    wait_s: int | None

    @classmethod
    def of(cls, job: Job) -> "Abilities":
        now, asked_at = clock.now(), job.cancel_requested_at
        is_asked = job.state == JobState.RUNNING and asked_at is not None
        left = rules.MARK_STOPPED_AFTER - (now - asked_at) if is_asked and asked_at else None
        return cls(
            cancel=job.state not in rules.FINISHED and not is_asked,
            mark_stopped=rules.can_mark_stopped(job.state, asked_at, now=now),
            retry=job.state in _ENDED_BADLY,
            wait_s=max(0, round(left.total_seconds())) if left is not None else None,
        )


def read_label(kind: str) -> str:
    """The kind in words; its bare name when this version no longer knows it."""
    spec = find_spec(kind)
    return spec.label if spec else kind


def find_spec(kind: str) -> type[JobSpec] | None:
    try:
        return registry.find_spec(kind)
    except registry.UnknownKind:
        return None


def make_rows(session: Session, jobs: Sequence[Job]) -> list[Row]:
    ids = [job.id for job in jobs]
    creators = queries.list_creators(session, jobs)
    places = queries.count_ahead(session, ids)
    first = queries.list_first_progress(session, ids)
    return [
        Row(
            job=job,
            label=read_label(job.kind),
            subject=str(job.spec.get("name") or ""),
            who=(user.name or user.email)
            if (user := creators.get(job.created_by_id or job.id))
            else None,
            place=places.get(job.id),
            pace=measure_pace(job, first.get(job.id)),
            running_s=_measure_run(job),
            can_cancel=Abilities.of(job).cancel,
        )
        for job in jobs
    ]


def _measure_run(job: Job) -> float | None:
    """How long the latest attempt runs or ran."""
    if job.started_at is None or job.state in rules.PENDING:
        return None
    end = job.finished_at or clock.now()
    return max(0.0, (end - job.started_at).total_seconds())


def measure_pace(job: Job, first: JobEvent | None) -> Pace | None:
    done, total = job.progress.get("done"), job.progress.get("total")
    if job.state != JobState.RUNNING or first is None or done is None:
        return None
    elapsed_s = (clock.now() - first.at).total_seconds()
    gained = done - (first.data.get("done") or 0)
    if elapsed_s <= 0 or gained <= 0:
        return None
    per_s = gained / elapsed_s
    return Pace(per_s, max(0.0, (total - done) / per_s) if total else None)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of the list, and the filter that made it."""

    rows: Sequence[Row]
    state: str
    kind: str
    next_cursor: uuid.UUID | None
    num_by_state: dict[str, int]
    kinds: Sequence[tuple[str, str]]

    @property
    def is_filtered(self) -> bool:
        return bool(self.state or self.kind)


def make_list(
    session: Session, *, state: str = "", kind: str = "", cursor: uuid.UUID | None = None
) -> Found:
    jobs = queries.list_jobs(
        session,
        states=read_states(state),
        kinds=[kind] if kind else None,
        limit=ROWS_PER_PAGE + 1,
        before=cursor,
    )
    shown = jobs[:ROWS_PER_PAGE]
    return Found(
        rows=make_rows(session, shown),
        state=state,
        kind=kind,
        next_cursor=shown[-1].id if len(jobs) > ROWS_PER_PAGE else None,
        num_by_state=queries.count_by_state(session),
        kinds=[(spec.kind, spec.label) for spec in registry.list_specs()],
    )


def make_queues(session: Session) -> dict[str, list[Row]]:
    """Queue -> its jobs that have not started, in the order in which they will."""
    queues: dict[str, list[Row]] = {}
    for row in make_rows(session, queries.list_queue(session)):
        queues.setdefault(row.job.queue, []).append(row)
    return queues


def read_states(state: str) -> Sequence[str] | None:
    """The filter of the list; 'active' is what has not ended."""
    if state == "active":
        return _ACTIVE
    return [state] if state in set(JobState) else None
