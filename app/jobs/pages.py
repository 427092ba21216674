"""From rows to what the templates of jobs need: words, places in the queue, pace, permissions."""

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy.orm import Session

from app.jobs import charts
from domain import clock
from domain.artifacts.models import Artifact
from domain.jobs import logs, queries, rules, service
from domain.jobs.models import Job, JobEvent, JobState
from specs import fields, registry
from specs.job import JobSpec

PRIORITIES = (10, 50, 100, 200)
MAX_PRIORITY = 1000
ROWS_PER_PAGE = 50
_ACTIVE = (JobState.RUNNING, JobState.QUEUED, JobState.WAITING)
_LOG_LINES = 200
# Colours and cursor movements for a terminal, and what a browser could not show.
_CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
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


@dataclass(frozen=True)
class Attempt:
    number: int
    began_at: dt.datetime
    ended_at: dt.datetime | None
    owner: str
    ending: str  # the kind of the event that ended it; empty while it runs
    message: str


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything the page of one job shows."""

    row: Row
    can: Abilities
    setting: Sequence[tuple[str, Any]]
    setting_yaml: str
    attempts: Sequence[Attempt]
    events: Sequence[JobEvent]
    parents: Sequence[Row]
    children: Sequence[Row]
    artifacts: dict[str, Artifact]
    lines: Sequence[charts.Line]
    samples: charts.Samples
    log: str

    @property
    def job(self) -> Job:
        return self.row.job

    @property
    def is_live(self) -> bool:
        return self.job.state not in rules.FINISHED

    @property
    def result_facts(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in _flatten(self.job.result or {}) if name]

    @property
    def result_blocks(self) -> list[tuple[str, str]]:
        """What does not fit into a line."""
        nested = (self.job.result or {}).items()
        return [(name, write_yaml(value)) for name, value in nested if _is_nested(value)]

    @property
    def environment(self) -> list[tuple[str, Any]]:
        return [
            (name, value)
            for part, values in self.job.environment.items()
            for name, value in (
                _flatten(values) if isinstance(values, dict) else [(part, str(values))]
            )
        ]


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _flatten(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Names in words, values that fit into a line."""
    return [
        (name.replace("_", " "), value) for name, value in values.items() if not _is_nested(value)
    ]


def read_label(kind: str) -> str:
    """The kind in words; its bare name when this version no longer knows it."""
    spec = _find_spec(kind)
    return spec.label if spec else kind


def _find_spec(kind: str) -> type[JobSpec] | None:
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
        kind=kind or None,
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


def make_view(session: Session, job_id: uuid.UUID) -> View:
    job = service.get(session, job_id)
    events = queries.list_notable_events(session, job.id)
    reports = queries.list_progress(session, job)
    return View(
        row=make_rows(session, [job])[0],
        can=Abilities.of(job),
        setting=describe_setting(job),
        setting_yaml=write_yaml(sort_setting(job)),
        attempts=list_attempts(events),
        events=events,
        parents=make_rows(session, queries.list_parents(session, job.id)),
        children=make_rows(session, queries.list_children(session, job.id)),
        artifacts=queries.list_artifacts(session, job.id),
        lines=charts.draw_lines(reports),
        samples=charts.sample(reports),
        log=read_log(job),
    )


def describe_setting(job: Job) -> list[tuple[str, Any]]:
    """The specification in the order and with the labels of its form; what this version no
    longer knows comes last, under its name.
    """
    spec = _find_spec(job.kind)
    labels = {field.name: field.label for field in fields.describe(spec)} if spec else {}
    known = [(label, job.spec[name]) for name, label in labels.items() if name in job.spec]
    return known + [(name, value) for name, value in job.spec.items() if name not in labels]


def sort_setting(job: Job) -> dict[str, Any]:
    """The database keeps keys by length; people read them in the order of the form."""
    spec = _find_spec(job.kind)
    names = list(spec.model_fields) if spec else []
    return {name: job.spec[name] for name in [*names, *job.spec] if name in job.spec}


def write_yaml(values: Any) -> str:
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100))


_ENDINGS = frozenset({"succeeded", "failed", "cancelled", "lost", "queued", "retry"})


def list_attempts(newest_first: Sequence[JobEvent]) -> list[Attempt]:
    """From the events: an attempt begins when it is claimed and ends with what comes of it."""
    attempts: list[Attempt] = []
    for event in reversed(newest_first):
        if event.kind == "claimed":
            owner = str(event.data.get("owner", ""))
            number = int(event.data.get("attempt", len(attempts) + 1))
            attempts.append(Attempt(number, event.at, None, owner, "", ""))
        elif event.kind in _ENDINGS and attempts and attempts[-1].ended_at is None:
            last = attempts.pop()
            how = str(event.data.get("message") or event.data.get("how") or "")
            ended = Attempt(last.number, last.began_at, event.at, last.owner, event.kind, how)
            attempts.append(ended)
    return attempts


def read_log(job: Job, num_lines: int = _LOG_LINES) -> str:
    """The last lines as a terminal shows them: what a carriage return overwrote is gone."""
    lines = logs.read_tail(job).rstrip().split("\n")[-num_lines:]
    return "\n".join(_CONTROLS.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in lines)
