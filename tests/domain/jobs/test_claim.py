import datetime as dt

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.jobs import claim, errors, queries, service
from domain.jobs.claim import Claim
from domain.jobs.models import Job, JobState
from tests.factories import make_job


def take(session: Session, owner: str = "me") -> Claim | None:
    return claim.take(session, ["cpu"], owner=owner, lease_s=30)


def take_one(session: Session) -> Claim:
    found = take(session)
    assert found is not None
    return found


def expire(job: Job) -> None:
    job.lease_expires_at = clock.now() - dt.timedelta(seconds=1)


def kinds_of_events(session: Session, job: Job) -> list[str]:
    return [event.kind for event in queries.list_events(session, job.id)]


def test_a_claim_leases_the_row_under_a_new_token(session: Session) -> None:
    job = make_job(session)
    assert take(session) == Claim(job.id, 1, "system.check", 1, 0)
    assert (job.state, job.attempt, job.lease_owner) == ("running", 1, "me")
    assert job.lease_expires_at is not None
    assert job.lease_expires_at > clock.now()
    assert kinds_of_events(session, job) == ["queued", "claimed"]
    assert take(session) is None


def test_only_the_asked_queues_are_served(session: Session) -> None:
    make_job(session, queue="gpu")
    assert take(session) is None
    assert claim.take(session, ["cpu", "gpu"], owner="me", lease_s=30) is not None


def test_an_expired_lease_is_taken_over_and_the_loss_is_told(session: Session) -> None:
    job = make_job(session)
    first = take_one(session)
    expire(job)
    second = take_one(session)
    assert (second.token, second.attempt) == (2, 2)
    assert kinds_of_events(session, job) == ["queued", "claimed", "lost", "claimed"]
    with pytest.raises(errors.LeaseLost):
        claim.hold(session, first)
    with pytest.raises(errors.LeaseLost):
        claim.renew(session, first, lease_s=30)
    with pytest.raises(errors.LeaseLost):
        claim.is_asked_to_stop(session, first)
    claim.renew(session, second, lease_s=30)


def test_a_late_renewal_counts_while_nobody_took_over(session: Session) -> None:
    job = make_job(session)
    held = take_one(session)
    expire(job)
    claim.renew(session, held, lease_s=30)
    assert take(session) is None


def test_the_wish_to_stop_is_seen(session: Session) -> None:
    job = make_job(session)
    held = take_one(session)
    assert not claim.is_asked_to_stop(session, held)
    service.request_cancel(session, job.id)
    session.flush()
    assert claim.is_asked_to_stop(session, held)


def test_a_retry_from_the_start_is_a_new_start_and_a_resume_is_not(session: Session) -> None:
    job = make_job(session, state=JobState.FAILED)
    service.resume(session, job.id)
    assert take_one(session).start == 0
    expire(job)
    job.max_attempts = job.attempt
    claim.reap(session)
    service.retry(session, job.id)
    assert take_one(session).start == 1


def test_what_is_left_behind_is_queued_again_while_attempts_remain(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    expire(job)
    assert claim.reap(session) == 1
    assert (job.state, job.attempt, job.lease_expires_at) == ("queued", 1, None)
    assert kinds_of_events(session, job) == ["queued", "lost", "queued"]
    assert claim.reap(session) == 0


def test_what_is_left_behind_without_an_attempt_is_lost_and_blocks_its_children(
    session: Session,
) -> None:
    job = make_job(session, state=JobState.RUNNING, attempt=3)
    child = make_job(session, state=JobState.WAITING, parents={"a": job.id})
    expire(job)
    claim.reap(session)
    assert (job.state, child.state) == ("lost", "blocked")
    assert job.error is not None
    assert "3 attempts" in job.error["message"]


def test_what_was_to_be_cancelled_is_not_taken_over(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING, cancel_requested_at=clock.now())
    expire(job)
    assert take(session) is None
    claim.reap(session)
    assert job.state == "cancelled"


def test_a_lease_that_runs_is_left_alone(session: Session) -> None:
    make_job(session, state=JobState.RUNNING)
    assert claim.reap(session) == 0
    assert claim.list_queues_to_ring(session) == []


def test_queues_ring_for_queued_rows_and_for_expired_leases(session: Session) -> None:
    make_job(session)
    make_job(session, queue="gpu")
    make_job(session, state=JobState.WAITING, queue="gpu.a100")
    expire(make_job(session, state=JobState.RUNNING, queue="gpu.h200"))
    session.flush()
    assert set(claim.list_queues_to_ring(session)) == {"cpu", "gpu", "gpu.h200"}
