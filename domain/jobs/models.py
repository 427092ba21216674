"""The row is the truth about a job; the queue only rings.

Fencing: every claim takes a new `fencing_token`. Whoever writes names the token it was given, and
a write under an old token changes nothing. Artifact paths contain the token, so a worker that
wakes up after its lease ran out cannot publish over the winner.
"""

import datetime as dt
import enum
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table


class JobState(enum.StrEnum):
    WAITING = "waiting"  # for parents
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # its worker went away and no attempt is left
    BLOCKED = "blocked"  # a parent failed


STATES = ", ".join(f"'{state}'" for state in JobState)


class Job(Table):
    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("kind ~ '^[a-z_]+[.][a-z_]+$'", name="kind"),
        CheckConstraint("attempt >= 0 AND attempt <= max_attempts", name="attempt"),
        CheckConstraint(
            "(state = 'running') = (lease_expires_at IS NOT NULL)", name="running_is_leased"
        ),
        Index("ix_jobs_claim", "queue", "state", "priority", "queue_position"),
        Index("ix_jobs_same_work", "kind", "spec_hash"),
        Index(None, "created_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    queue: Mapped[str]
    priority: Mapped[int] = mapped_column(default=100)  # lower runs first
    # Order within a priority: a number, so that a row can be moved between two others.
    queue_position: Mapped[float]
    spec: Mapped[Json]
    spec_hash: Mapped[str]
    inputs: Mapped[Json] = mapped_column(default=dict)  # name -> digest
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    fencing_token: Mapped[int] = mapped_column(BigInteger, default=0)
    lease_owner: Mapped[str | None]
    lease_expires_at: Mapped[dt.datetime | None]
    heartbeat_at: Mapped[dt.datetime | None]
    cancel_requested_at: Mapped[dt.datetime | None]
    # done, total, unit, message, metrics
    progress: Mapped[Json] = mapped_column(default=dict)
    result: Mapped[Json | None]
    error: Mapped[Json | None]  # kind, message
    num_events: Mapped[int] = mapped_column(default=0)
    cloned_from_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("jobs.id", ondelete="RESTRICT")
    )
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT")
    )
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    queued_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    log_uri: Mapped[str | None]
    # Package versions, device and thread counts of the last attempt.
    environment: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))


class JobParent(Table):
    """`job_id` waits for `parent_id` and receives its result under `name`."""

    __tablename__ = "job_parents"
    __table_args__ = (
        PrimaryKeyConstraint("job_id", "parent_id"),
        UniqueConstraint("job_id", "name"),
        CheckConstraint("job_id <> parent_id", name="not_itself"),
        Index(None, "parent_id"),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    parent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    name: Mapped[str]


class JobEvent(Table):
    """Append-only. `number` counts 1, 2, 3 ... per job without a gap; it is the SSE event id."""

    __tablename__ = "job_events"
    __table_args__ = (
        UniqueConstraint("job_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    number: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    kind: Mapped[str]  # 'queued', 'claimed', 'progress', 'cancel_requested', 'succeeded' ...
    data: Mapped[Json] = mapped_column(default=dict)


class JobArtifact(Table):
    """What the winning attempt published."""

    __tablename__ = "job_artifacts"
    __table_args__ = (PrimaryKeyConstraint("job_id", "name"), UniqueConstraint("artifact_id"))

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    name: Mapped[str]
    fencing_token: Mapped[int] = mapped_column(BigInteger)


class WorkerPulse(Table):
    """The last sign of life of a worker process, for the home page and /metrics."""

    __tablename__ = "worker_pulses"

    owner: Mapped[str] = mapped_column(primary_key=True)
    queues: Mapped[list[Any]]
    host: Mapped[str]
    pid: Mapped[int]
    device: Mapped[Json] = mapped_column(default=dict)
    started_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
