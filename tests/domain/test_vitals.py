import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.jobs.models import Job, JobState, WorkerPulse
from domain.vitals import jobs as vitals


def add_job(session: Session, **changes: Any) -> Job:
    job = Job(
        **{
            "kind": "system.check",
            "queue": "cpu",
            "queue_position": 1.0,
            "spec": {},
            "spec_hash": "0",
            "state": JobState.QUEUED,
            "queued_at": clock.now(),
            **changes,
        }
    )
    session.add(job)
    session.flush()
    return job


def ago(seconds: float) -> dt.datetime:
    return clock.now() - dt.timedelta(seconds=seconds)


def test_nothing_there_is_nothing_to_report(session: Session) -> None:
    found = vitals.read(session)
    assert found.num_jobs == {}
    assert found.num_queued == {}
    assert found.num_expired_leases == 0
    assert found.devices == ()


def test_jobs_are_counted_by_state_and_kind(session: Session) -> None:
    add_job(session)
    add_job(session)
    add_job(session, kind="dataset.import", state=JobState.FAILED)
    assert vitals.read(session).num_jobs == {
        ("queued", "system.check"): 2,
        ("failed", "dataset.import"): 1,
    }


def test_a_queue_tells_its_depth_and_how_long_its_oldest_job_waits(session: Session) -> None:
    add_job(session, queued_at=ago(90))
    add_job(session, queued_at=ago(5))
    add_job(session, queue="gpu", queued_at=ago(1))
    found = vitals.read(session)
    assert found.num_queued == {"cpu": 2, "gpu": 1}
    assert found.oldest_queued_s["cpu"] == pytest.approx(90, abs=5)


def test_the_longest_silence_about_a_running_job_is_told(session: Session) -> None:
    running = {"state": JobState.RUNNING, "lease_expires_at": ago(-20)}
    add_job(session, **running, heartbeat_at=ago(3))
    add_job(session, **running, heartbeat_at=ago(40))
    add_job(session, **running, started_at=ago(7), queue="gpu")
    found = vitals.read(session)
    assert found.lease_age_s["cpu"] == pytest.approx(40, abs=5)
    assert found.lease_age_s["gpu"] == pytest.approx(7, abs=5)
    assert found.num_expired_leases == 0


def test_a_running_job_whose_lease_ran_out_is_counted(session: Session) -> None:
    add_job(session, state=JobState.RUNNING, lease_expires_at=ago(1), heartbeat_at=ago(31))
    assert vitals.read(session).num_expired_leases == 1


def test_only_workers_seen_lately_are_alive(session: Session) -> None:
    def pulse(owner: str, seen_s: float, queues: list[str], **device: Any) -> None:
        session.add(
            WorkerPulse(
                owner=owner, queues=queues, host="h", pid=1, device=device, seen_at=ago(seen_s)
            )
        )

    pulse("a", 1, ["cpu"], device="cpu")
    pulse("b", 2, ["cpu", "gpu"], device="cuda", name="H200", memory_bytes=100, memory_used_bytes=7)
    pulse("c", 3, ["gpu"], device="cuda", name="H200", memory_bytes=100)
    pulse("gone", 300, ["gpu"], device="cuda", name="H200", memory_bytes=100)
    session.flush()
    found = vitals.read(session)
    assert found.num_workers == {"cpu": 2, "gpu": 2}
    assert {(device.worker, device.used_bytes) for device in found.devices} == {
        ("b", 7),
        ("c", None),
    }
