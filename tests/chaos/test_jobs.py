"""After kill -9 of whatever takes part, the same job finishes exactly once, its events have no gap
and nothing is orphaned.
"""

import signal
import time
from pathlib import Path

import pytest

from domain.jobs import service
from tests.chaos.installation import Installation
from tests.chaos.kinds import Count, Sleep, Stubborn

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.timeout(120)]


def count(installation: Installation, *, seconds: float = 3.0) -> Count:
    return Count(file=str(installation.folder / "lines"), name="one", seconds=seconds)


def read_lines(installation: Installation) -> list[str]:
    path = Path(installation.folder / "lines")
    return path.read_text().splitlines() if path.exists() else []


def test_the_child_of_a_running_job_is_killed(installation: Installation) -> None:
    installation.start_worker()
    job_id = installation.enqueue(count(installation))
    installation.wait_for_progress(job_id)
    installation.find_child().send_signal(signal.SIGKILL)
    job = installation.wait_for_state(job_id, "succeeded")
    assert read_lines(installation) == [f"one {job_id}-{job.fencing_token}"]
    assert installation.list_events(job_id) == [
        *("queued", "claimed", "lost", "queued", "claimed", "succeeded")
    ]
    installation.assert_nothing_is_orphaned()


def test_the_worker_is_killed(installation: Installation) -> None:
    installation.start_beat()
    installation.start_worker()
    job_id = installation.enqueue(Sleep(seconds=4, has_helper=True))
    installation.wait_for_progress(job_id)
    child = installation.find_child()
    installation.kill("worker")
    installation.wait_until("the child to end", lambda: not child.is_running(), seconds=5)
    installation.start_worker("worker-2")
    job = installation.wait_for_state(job_id, "succeeded")
    assert job.attempt == 2
    assert installation.list_events(job_id)[:3] == ["queued", "claimed", "lost"]
    assert installation.list_events(job_id)[-2:] == ["claimed", "succeeded"]


def test_the_only_worker_is_killed_and_counts_once(installation: Installation) -> None:
    installation.start_beat()
    installation.start_worker()
    job_id = installation.enqueue(count(installation))
    installation.wait_for_progress(job_id)
    installation.kill("worker")
    installation.start_worker("worker-2")
    job = installation.wait_for_state(job_id, "succeeded")
    assert read_lines(installation) == [f"one {job_id}-{job.fencing_token}"]
    installation.assert_nothing_is_orphaned()


def test_redis_is_killed_and_its_data_wiped(installation: Installation) -> None:
    installation.start_beat()
    installation.start_worker()
    running = installation.enqueue(count(installation))
    waiting = installation.enqueue(Sleep(seconds=0.1))
    installation.wait_for_progress(running)
    installation.kill("redis")
    installation.wipe_redis()
    unheard = installation.enqueue(Sleep(seconds=0.1, name="nobody heard the bell"))
    time.sleep(2)
    installation.start_redis()
    for job_id in (running, waiting, unheard):
        job = installation.wait_for_state(job_id, "succeeded")
        assert installation.list_events(job_id) == ["queued", "claimed", "succeeded"]
        assert job.attempt == 1
    late = installation.enqueue(Sleep(seconds=0.1, name="the worker listens again"))
    installation.wait_for_state(late, "succeeded")
    assert len(read_lines(installation)) == 1
    installation.assert_nothing_is_orphaned()


@pytest.mark.parametrize("away_s", [1, 6], ids=["within the lease", "for longer than the lease"])
def test_postgres_is_killed_and_started_again(installation: Installation, away_s: float) -> None:
    installation.start_beat()
    installation.start_worker()
    job_id = installation.enqueue(count(installation))
    installation.wait_for_progress(job_id)
    installation.kill("postgres")
    time.sleep(away_s)
    installation.start_postgres()
    installation.engine.dispose()
    job = installation.wait_for_state(job_id, "succeeded", seconds=40)
    assert read_lines(installation)[-1] == f"one {job_id}-{job.fencing_token}"
    assert installation.list_events(job_id)[-1] == "succeeded"
    assert installation.list_events(job_id).count("succeeded") == 1
    after = installation.enqueue(Sleep(seconds=0.1))
    installation.wait_for_state(after, "succeeded")
    installation.assert_nothing_is_orphaned()


def test_a_worker_that_is_asked_to_end_gives_its_job_back(installation: Installation) -> None:
    installation.start_worker()
    job_id = installation.enqueue(Sleep(seconds=5, has_helper=True))
    installation.wait_for_progress(job_id)
    installation.stop("worker")
    job = installation.look(job_id)
    assert (job.state, job.attempt) == ("queued", 0)
    slept = job.progress["done"]
    installation.start_beat()
    installation.start_worker("worker-2")
    job = installation.wait_for_state(job_id, "succeeded")
    assert job.attempt == 1
    assert job.result is not None
    assert slept > 0
    installation.assert_nothing_is_orphaned()


def test_a_worker_that_hangs_loses_its_job(installation: Installation) -> None:
    """Stopped, not dead: its child ends by itself, and it publishes nothing when it wakes up."""
    installation.start_beat()
    installation.start_worker()
    job_id = installation.enqueue(count(installation, seconds=2))
    installation.wait_for_progress(job_id)
    hanging = installation.processes["worker"]
    hanging.send_signal(signal.SIGSTOP)
    installation.start_worker("worker-2")
    job = installation.wait_for_state(job_id, "succeeded")
    hanging.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    assert job.fencing_token == installation.look(job_id).fencing_token == 2
    assert read_lines(installation)[-1] == f"one {job_id}-2"
    installation.assert_nothing_is_orphaned()


def test_a_cancelled_job_stops_within_five_seconds(installation: Installation) -> None:
    installation.start_worker(watch_s=1, grace_s=10)
    job_id = installation.enqueue(Sleep(seconds=60))
    installation.wait_for_progress(job_id)
    with installation.session() as session:
        service.request_cancel(session, job_id)
    installation.wait_for_state(job_id, "cancelled", seconds=5)
    assert installation.list_events(job_id)[-1] == "cancelled"
    assert not installation.list_orphans()


def test_a_stubborn_job_is_killed_within_fifteen_seconds(installation: Installation) -> None:
    installation.start_worker(watch_s=1, grace_s=10, lease_s=30, heartbeat_s=10)
    job_id = installation.enqueue(Stubborn())
    installation.wait_for_progress(job_id)
    with installation.session() as session:
        service.request_cancel(session, job_id)
    installation.wait_for_state(job_id, "cancelled", seconds=15)
    assert installation.list_events(job_id)[-3:] == ["terminated", "killed", "cancelled"]
    assert not installation.list_orphans()
