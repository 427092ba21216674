import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest
import redis as redis_library
from sqlalchemy.exc import OperationalError

from domain import clock
from domain.jobs import queries, queue, service
from tests.chaos.kinds import Sleep
from tests.workers.conftest import Bench
from workers import maintenance
from workers.pulse import Pulse, describe_device
from workers.runtime import Runtime
from workers.settings import WorkerSettings


def count_bells(bench: Bench) -> int:
    return queue.count_bells(bench.runtime.settings.redis_url, "cpu")


def test_a_bell_that_was_lost_is_rung_again_once(bench: Bench, redis: redis_library.Redis) -> None:
    bench.enqueue(Sleep())
    redis.flushdb()
    for _ in range(3):
        maintenance.tend(bench.runtime)
    assert count_bells(bench) == 1


def test_nothing_rings_when_there_is_nothing_to_do(
    bench: Bench, redis: redis_library.Redis
) -> None:
    redis.flushdb()
    maintenance.tend(bench.runtime)
    assert count_bells(bench) == 0


def test_what_a_dead_worker_left_is_taken_back(bench: Bench, redis: redis_library.Redis) -> None:
    job_id = bench.enqueue(Sleep())
    assert bench.runtime._take(["cpu"]) is not None
    with bench.runtime.unit_of_work() as session:
        job = service.get_locked(session, job_id)
        job.lease_expires_at = clock.now() - dt.timedelta(seconds=1)
    redis.flushdb()
    maintenance.tend(bench.runtime)
    assert bench.look(job_id).state == "queued"
    assert count_bells(bench) == 1


@pytest.mark.parametrize(
    "away",
    [
        {"redis_url": "unix:///nowhere/redis.sock"},
        {"database_url": "postgresql://x:y@127.0.0.1:1/ggez"},
    ],
    ids=["redis", "database"],
)
def test_tending_survives_a_service_that_is_away(bench: Bench, away: dict[str, str]) -> None:
    bench.enqueue(Sleep())
    runtime = Runtime(bench.runtime.settings.model_copy(update=away), owner="beat")
    maintenance.tend(runtime)
    maintenance.sweep_local(runtime)
    maintenance.sweep_published(runtime)
    runtime.close()


def test_answering_a_bell_survives_a_database_that_is_away(worker_settings: WorkerSettings) -> None:
    away = {"database_url": "postgresql://x:y@127.0.0.1:1/ggez"}
    runtime = Runtime(worker_settings.model_copy(update=away), owner="me")
    assert runtime.run_available("cpu") == 0
    with pytest.raises(OperationalError):
        runtime._take(["cpu"])
    runtime.close()


def test_what_a_crash_left_is_swept(bench: Bench) -> None:
    job = bench.run(Sleep(seconds=0))
    data = bench.runtime.settings.data
    for left in (f"artifacts/jobs/{job.id}/99", f"artifacts/.staging/{job.id}-99"):
        (data / left).mkdir(parents=True)
    maintenance.sweep_published(bench.runtime)
    maintenance.sweep_local(bench.runtime)
    assert [path.name for path in (data / "artifacts" / "jobs" / str(job.id)).iterdir()] == ["1"]
    assert not list((data / "artifacts" / ".staging").iterdir())


def test_a_worker_is_listed_while_it_lives(bench: Bench) -> None:
    pulse = Pulse(bench.runtime.unit_of_work, owner="worker@here:1", queues=("cpu", "gpu"))
    pulse.start()
    bench.wait_until(lambda: bool(bench.do(queries.list_workers)))
    (found,) = bench.do(queries.list_workers)
    assert (found.owner, found.queues) == ("worker@here:1", ["cpu", "gpu"])
    assert found.device["device"] in ("cpu", "cuda")
    pulse.end()
    assert bench.do(queries.list_workers) == []


def test_a_worker_without_a_device_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert describe_device()["device"] == "cpu"


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program that answers for the driver's own."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return tmp_path / "nvidia-smi"


def answer_with(driver: Path, line: str) -> None:
    driver.write_text(f"#!/bin/sh\necho '{line}'\n")
    driver.chmod(0o755)


def test_a_worker_with_a_device_tells_its_memory(driver: Path) -> None:
    answer_with(driver, "NVIDIA H100, 81559, 1024")
    assert describe_device() == {
        "device": "cuda",
        "name": "NVIDIA H100",
        "memory_bytes": 81559 * 2**20,
        "memory_used_bytes": 1024 * 2**20,
    }


def test_a_device_that_shares_its_memory_has_none_of_its_own(driver: Path) -> None:
    answer_with(driver, "NVIDIA GB10, [N/A], [N/A]")
    assert describe_device() == {"device": "cuda", "name": "NVIDIA GB10"}


def test_a_driver_that_hangs_does_not_stop_the_pulse(
    driver: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(driver, "")

    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("nvidia-smi", 10)

    monkeypatch.setattr(subprocess, "run", hang)
    assert describe_device()["device"] == "cuda"
