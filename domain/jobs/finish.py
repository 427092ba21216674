"""How an attempt ends, and what it tells on the way. Every write names the attempt's token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.db import Json
from domain.jobs import claim as claims
from domain.jobs import events, family, rules
from domain.jobs.claim import Claim
from domain.jobs.models import Job, JobArtifact, JobState
from domain.jobs.rules import Ending, Verdict


@dataclass(frozen=True, kw_only=True)
class AttemptEnd:
    """What a worker knows about the end of an attempt."""

    ending: Ending
    message: str = ""
    was_forced: bool = False  # killed by its worker after the grace
    is_shutting_down: bool = False  # its worker is
    log_uri: str | None = None
    environment: Json = field(default_factory=dict)


def note_start(session: Session, claim: Claim, *, log_uri: str) -> None:
    claims.hold(session, claim).log_uri = log_uri


def note_progress(session: Session, claim: Claim, progress: Json) -> None:
    job = claims.hold(session, claim)
    job.progress = progress
    events.add(session, job, "progress", **progress)


def note_signal(session: Session, claim: Claim, kind: str, **data: Any) -> None:
    """The attempt's process was asked to end ('terminated') or made to ('killed')."""
    events.add(session, claims.hold(session, claim), kind, **data)


def succeed(
    session: Session,
    job: Job,
    end: AttemptEnd,
    *,
    result: Json,
    published: Mapping[str, Artifact],
) -> None:
    """The end of a held job: its result, its files, and the release of those who waited for it."""
    for name, artifact in published.items():
        made = JobArtifact(job_id=job.id, artifact_id=artifact.id, name=name)
        made.fencing_token = job.fencing_token
        session.add(made)
    job.result = result
    _keep_traces(job, end)
    _close(job, JobState.SUCCEEDED)
    events.add(session, job, "succeeded")
    family.release_children(session, job)


def conclude(session: Session, claim: Claim, end: AttemptEnd) -> Verdict:
    """The end of an attempt without a result. Raises LeaseLost."""
    job = claims.hold(session, claim)
    _keep_traces(job, end)
    verdict = rules.decide(
        end.ending,
        cancel_requested=job.cancel_requested_at is not None,
        shutting_down=end.is_shutting_down,
        attempts_left=job.max_attempts - job.attempt,
    )
    match verdict:
        case Verdict.FAIL:
            _fail(session, job, end)
        case Verdict.CANCEL:
            _close(job, JobState.CANCELLED)
            how = "forced" if end.was_forced else "cooperative"
            events.add(session, job, "cancelled", how=how, message=end.message)
        case Verdict.GIVE_BACK:
            job.attempt -= 1
            _queue_again(session, job, "message", "Its worker shut down; another one takes over.")
        case Verdict.TRY_AGAIN:
            _queue_again(session, job, "lost", end.message)
        case Verdict.LOSE:
            _lose(session, job, end)
        case Verdict.SUCCEED:  # pragma: no cover - the caller has a result and calls `succeed`
            raise AssertionError(verdict)
    if job.state in rules.DEAD_ENDS:
        family.block_children(session, job)
    return verdict


def _keep_traces(job: Job, end: AttemptEnd) -> None:
    job.log_uri = end.log_uri or job.log_uri
    job.environment = end.environment or job.environment


def _close(job: Job, state: JobState) -> None:
    job.state = state
    job.lease_owner = job.lease_expires_at = None
    job.finished_at = clock.now()


def _fail(session: Session, job: Job, end: AttemptEnd) -> None:
    message = end.message
    if end.ending is Ending.OUT_OF_MEMORY:
        message = rules.explain_out_of_memory(job.spec, message)
    job.error = {"kind": end.ending.value, "message": message}
    _close(job, JobState.FAILED)
    events.add(session, job, "failed", error=end.ending.value, message=message)


def _lose(session: Session, job: Job, end: AttemptEnd) -> None:
    message = f"{end.message} {claims.describe_loss(job.attempt)}".strip()
    job.error = {"kind": "lost", "message": message}
    _close(job, JobState.LOST)
    events.add(session, job, "lost", attempt=job.attempt, message=message)


def _queue_again(session: Session, job: Job, kind: str, reason: str) -> None:
    """At its old place."""
    events.add(session, job, kind, attempt=job.attempt, message=reason)
    job.state = JobState.QUEUED
    job.lease_owner = job.lease_expires_at = None
    family.announce(session, job)
