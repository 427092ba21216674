"""How an attempt ends, and what it tells on the way. Every write names the attempt's token."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.db import Json
from domain.jobs import claim as claims
from domain.jobs import events, family
from domain.jobs.claim import Claim
from domain.jobs.models import Job, JobArtifact, JobState


def note_start(session: Session, claim: Claim, *, log_uri: str) -> None:
    claims.hold(session, claim).log_uri = log_uri


def note_progress(session: Session, claim: Claim, progress: Json) -> None:
    job = claims.hold(session, claim)
    job.progress = progress
    events.add(session, job, "progress", **progress)


def note_signal(session: Session, claim: Claim, kind: str, **data: Any) -> None:
    """The attempt's process was asked to end ('terminated') or made to ('killed')."""
    events.add(session, claims.hold(session, claim), kind, **data)


def _close(job: Job, state: JobState) -> None:
    job.state = state
    job.lease_owner = job.lease_expires_at = None
    job.finished_at = clock.now()


def succeed(session: Session, job: Job, result: Json, published: Mapping[str, Artifact]) -> None:
    """The end of a held job: its result, its files, and the release of those who waited for it."""
    for name, artifact in published.items():
        session.add(
            JobArtifact(
                job_id=job.id,
                artifact_id=artifact.id,
                name=name,
                fencing_token=job.fencing_token,
            )
        )
    job.result = result
    _close(job, JobState.SUCCEEDED)
    events.add(session, job, "succeeded")
    family.release_children(session, job)


def fail(session: Session, job: Job, *, kind: str, message: str) -> None:
    job.error = {"kind": kind, "message": message}
    _close(job, JobState.FAILED)
    events.add(session, job, "failed", error=kind, message=message)
    family.block_children(session, job)


def cancel(session: Session, job: Job, *, how: str) -> None:
    """`how`: 'cooperative' when it stopped by itself, 'forced' when it was killed."""
    _close(job, JobState.CANCELLED)
    events.add(session, job, "cancelled", how=how)
    family.block_children(session, job)


def give_back(session: Session, job: Job, *, reason: str) -> None:
    """Queued again at its old place, and the attempt does not count."""
    job.attempt -= 1
    _queue_again(session, job, reason)


def try_again(session: Session, job: Job, *, reason: str) -> None:
    """Queued again at its old place; the attempt is spent."""
    events.add(session, job, "lost", attempt=job.attempt, message=reason)
    _queue_again(session, job, reason)


def _queue_again(session: Session, job: Job, reason: str) -> None:
    job.state = JobState.QUEUED
    job.lease_owner = job.lease_expires_at = None
    events.add(session, job, "message", message=reason)
    family.announce(session, job)


def lose(session: Session, job: Job, *, reason: str) -> None:
    message = f"{reason} {claims.describe_loss(job.attempt)}"
    job.error = {"kind": "lost", "message": message}
    _close(job, JobState.LOST)
    events.add(session, job, "lost", attempt=job.attempt, message=message)
    family.block_children(session, job)
