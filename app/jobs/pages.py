"""From rows to what the page of one job needs."""

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy.orm import Session

from app.jobs import charts, outcomes, rows
from app.jobs.outcomes import Outcome
from domain.artifacts.models import Artifact
from domain.jobs import logs, queries, rules, service
from domain.jobs.models import Job, JobEvent
from specs import fields

_LOG_LINES = 200
# Colours and cursor movements for a terminal, and what a browser could not show.
_CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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

    row: rows.Row
    can: rows.Abilities
    setting: Sequence[tuple[str, Any]]
    usual_setting: Sequence[tuple[str, Any]]  # of lesser fields, what is as by default
    setting_yaml: str
    attempts: Sequence[Attempt]
    events: Sequence[JobEvent]
    parents: Sequence[rows.Row]
    children: Sequence[rows.Row]
    artifacts: dict[str, Artifact]
    lines: Sequence[charts.Line]
    samples: charts.Samples
    outcome: Outcome
    log: str

    @property
    def job(self) -> Job:
        return self.row.job

    @property
    def nested_yaml(self) -> str:
        return write_yaml(dict(self.outcome.nested)) if self.outcome.nested else ""

    @property
    def is_live(self) -> bool:
        return self.job.state not in rules.FINISHED

    @property
    def environment(self) -> list[tuple[str, Any]]:
        return [
            (name, value)
            for part, values in self.job.environment.items()
            for name, value in (
                outcomes.flatten(values) if isinstance(values, dict) else [(part, str(values))]
            )
        ]


def make_view(session: Session, job_id: uuid.UUID) -> View:
    job = service.get(session, job_id)
    events = queries.list_notable_events(session, job.id)
    reports = queries.list_progress(session, job)
    artifacts = queries.list_artifacts(session, job.id)
    setting, usual = describe_setting(job)
    outcome = outcomes.describe(session, job, artifacts)
    return View(
        row=rows.make_rows(session, [job])[0],
        can=rows.Abilities.of(job),
        setting=setting,
        usual_setting=usual,
        setting_yaml=write_yaml(sort_setting(job)),
        attempts=list_attempts(events),
        events=events,
        parents=rows.make_rows(session, queries.list_parents(session, job.id)),
        children=rows.make_rows(session, queries.list_children(session, job.id)),
        artifacts=artifacts,
        # The whole curve of the result says more than what was reported on the way.
        lines=[
            each
            for each in charts.draw_lines(reports)
            if outcome.loss is None or each.name != outcome.loss.name
        ],
        samples=charts.sample(reports),
        outcome=outcome,
        log=read_log(job),
    )


def describe_setting(job: Job) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """The specification in the order and with the labels of its form, and apart from it the lesser
    fields that are as by default. What this version no longer knows comes last, under its name.
    """
    spec = rows.find_spec(job.kind)
    known = [each for each in fields.describe(spec) if each.name in job.spec] if spec else []
    setting: list[tuple[str, Any]] = []
    usual: list[tuple[str, Any]] = []
    for field in known:
        value = job.spec[field.name]
        is_usual = not field.is_essential and value == _as_json(field.default)
        (usual if is_usual else setting).append((field.label, value))
    names = {field.name for field in known}
    others = [(name, value) for name, value in job.spec.items() if name not in names]
    return setting + others, usual


def _as_json(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def sort_setting(job: Job) -> dict[str, Any]:
    """The database keeps keys by length; people read them in the order of the form."""
    spec = rows.find_spec(job.kind)
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
