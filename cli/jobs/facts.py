"""Jobs as the plain values that `--json` prints. Names are those of the columns."""

from typing import Any

from sqlalchemy.orm import Session

from domain.jobs import queries
from domain.jobs.models import Job, JobEvent

_COLUMNS = (
    "id",
    "kind",
    "state",
    "queue",
    "priority",
    "attempt",
    "max_attempts",
    "spec",
    "spec_hash",
    "inputs",
    "progress",
    "result",
    "error",
    "created_by_id",
    "cloned_from_id",
    "created_at",
    "queued_at",
    "started_at",
    "finished_at",
    "cancel_requested_at",
    "lease_owner",
    "log_uri",
    "environment",
)


def describe(job: Job) -> dict[str, Any]:
    return {column: getattr(job, column) for column in _COLUMNS}


def describe_fully(session: Session, job: Job) -> dict[str, Any]:
    """The job, its family, what it published, and everything that happened to it."""
    artifacts = queries.list_artifacts(session, job.id)
    return describe(job) | {
        "parents": [parent.id for parent in queries.list_parents(session, job.id)],
        "children": [child.id for child in queries.list_children(session, job.id)],
        "artifacts": {name: artifact.uri for name, artifact in artifacts.items()},
        "events": [
            describe_event(event)
            for event in queries.list_events(session, job.id, limit=job.num_events)
        ],
    }


def describe_event(event: JobEvent) -> dict[str, Any]:
    return {"number": event.number, "at": event.at, "kind": event.kind, "data": event.data}


def describe_progress(progress: dict[str, Any]) -> str:
    """Such as '12 / 64 MB: reading back'."""
    done, total = progress.get("done"), progress.get("total")
    unit = str(progress.get("unit") or "")
    amount = "" if done is None else f"{_number(done)}"
    if amount and total:
        amount = f"{amount} / {_number(total)}"
    parts = [f"{amount} {unit}".strip(), str(progress.get("message") or "")]
    return ": ".join(part for part in parts if part)


def _number(value: float) -> str:
    return f"{value:.10g}"
