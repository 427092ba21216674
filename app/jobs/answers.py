"""Jobs as the API shows them."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.jobs.models import Job, JobEvent, JobState
from specs.job import JobSpec

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_SPEC: dict[str, Any] = {"disk_mb": 64, "multiply_size": 512, "repeats": 5}
_JOB: dict[str, Any] = {
    "id": _ID,
    "kind": "system.check",
    "state": "running",
    "queue": "cpu",
    "priority": 100,
    "attempt": 1,
    "max_attempts": 3,
    "spec": _SPEC,
    "spec_hash": "6f1c6d5b0a6d7ad2f6c7d0f1b6c8e1a0f4f3a9c2f8d1e5b7a6c4d3e2f1a0b9c8",
    "inputs": {},
    "progress": {"done": 32, "total": 64, "unit": "MB", "message": "writing", "metrics": {}},
    "result": None,
    "error": None,
    "environment": {"python": "3.11.9"},
    "cloned_from_id": None,
    "created_by_id": "019a9b60-1111-7c31-a4a7-0d3c3f3a6f10",
    "created_at": "2026-03-01T08:00:00Z",
    "queued_at": "2026-03-01T08:00:00Z",
    "started_at": "2026-03-01T08:00:01Z",
    "finished_at": None,
    "cancel_requested_at": None,
}

_KIND: dict[str, Any] = {
    "kind": "system.check",
    "label": "Check this machine",
    "summary": "Which device computes, how much memory is free, and how fast the disk is.",
    "paper": None,
    "queue": "cpu",
    "max_attempts": 3,
    "spec_schema": {"type": "object", "properties": {"disk_mb": {"type": "integer"}}},
}

_EVENT: dict[str, Any] = {
    "number": 2,
    "at": "2026-03-01T08:00:01Z",
    "kind": "claimed",
    "data": {"owner": "worker@lab:812", "attempt": 1, "token": 1},
}


class KindOut(BaseModel):
    """`spec_schema` is JSON Schema: what `spec` must look like for this kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [_KIND]})

    kind: str
    label: str
    summary: str
    paper: str | None
    queue: str
    max_attempts: int
    spec_schema: dict[str, Any]

    @classmethod
    def of(cls, spec: type[JobSpec]) -> "KindOut":
        return cls(
            kind=spec.kind,
            label=spec.label,
            summary=spec.summary,
            paper=spec.paper,
            queue=spec.queue,
            max_attempts=spec.max_attempts,
            spec_schema=spec.model_json_schema(),
        )


class JobOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_JOB]})

    id: uuid.UUID
    kind: str
    state: JobState
    queue: str
    priority: int
    attempt: int
    max_attempts: int
    spec: dict[str, Any]
    spec_hash: str
    inputs: dict[str, Any]
    progress: dict[str, Any]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    environment: dict[str, Any]
    cloned_from_id: uuid.UUID | None
    created_by_id: uuid.UUID | None
    created_at: dt.datetime
    queued_at: dt.datetime | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    cancel_requested_at: dt.datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        return cls.model_validate(job, from_attributes=True)


class ArtifactOut(BaseModel):
    id: uuid.UUID
    kind: str
    sha256: str
    size_bytes: int
    media_type: str


class JobDetails(JobOut):
    """The job with its family and what it published."""

    parents: list[uuid.UUID]
    children: list[uuid.UUID]
    artifacts: dict[str, ArtifactOut]


class EventOut(BaseModel):
    """Numbers count 1, 2, 3 ... within a job, without a gap."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EVENT]})

    number: int
    at: dt.datetime
    kind: str
    data: dict[str, Any]

    @classmethod
    def of(cls, event: JobEvent) -> "EventOut":
        return cls.model_validate(event, from_attributes=True)


class EventsOut(BaseModel):
    """`next_after` is what to hand in as `after` for what comes later."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [_EVENT], "next_after": 2}]}
    )

    items: list[EventOut]
    next_after: int


class NewJob(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "system.check", "spec": _SPEC, "priority": 50, "fresh": True}]
        },
    )

    kind: str
    spec: dict[str, Any] = Field(default={}, description="See `spec_schema` of the kind.")
    parents: dict[str, uuid.UUID] = Field(
        default={}, description="Name -> job whose result this one waits for."
    )
    inputs: dict[str, str] = Field(
        default={}, description="Name -> digest of what the job reads besides."
    )
    priority: int = Field(default=100, ge=0, le=1000, description="Lower starts earlier.")
    fresh: bool = Field(
        default=False, description="Compute again even if the same work has succeeded before."
    )


class Launched(BaseModel):
    """`reused`: nothing new was started; this job has already done exactly this."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reused": False, "job": _JOB}]})

    reused: bool
    job: JobOut


class CloneChanges(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"changes": {"disk_mb": 16}}]}
    )

    changes: dict[str, Any] = Field(default={}, description="Fields of the spec to change.")


class PriorityChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"priority": 10}]})

    priority: int = Field(ge=0, le=1000)


class Move(BaseModel):
    """Before another job of the same queue; null: at the end of its own priority."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"before": _ID}]})

    before: uuid.UUID | None


class RecipeOut(BaseModel):
    """The jobs of the steps, in the order in which each comes after what it needs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"jobs": [_JOB]}]})

    jobs: list[JobOut]
