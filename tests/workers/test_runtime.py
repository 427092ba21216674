"""What becomes of a job, with real processes and committed rows, without Celery."""

import errno
import json
import os
import re
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.errors import Invalid
from domain.jobs import logs, queries, service
from domain.jobs.models import Job
from specs.kinds.system.system_check import SystemCheck
from tests.chaos.kinds import Count, Fail, Sleep, Stubborn
from tests.workers.conftest import Bench
from workers import kinds


def test_a_job_succeeds_with_its_result_files_log_and_surroundings(bench: Bench) -> None:
    job = bench.run(Sleep(seconds=0.3))
    assert job.state == "succeeded"
    assert job.result is not None
    assert job.result["slept"] >= 0.3
    assert (job.attempt, job.lease_owner, job.lease_expires_at) == (1, None, None)
    output = bench.do(queries.list_artifacts, job.id)["output"]
    assert output.uri.endswith(f"/jobs/{job.id}/1")
    with storage.open_read(f"{output.uri}/slept.txt") as file:
        assert float(file.read()) >= 0.3
    assert logs.read_tail(job) == "sleeping 0.3 s\n"
    assert re.match(r"3\.11\.", job.environment["python"])
    assert bench.events(job.id) == ["queued", "claimed", "succeeded"]
    assert job.progress["unit"] == "s"


def test_nothing_is_left_on_the_disk_but_what_was_published(bench: Bench) -> None:
    job = bench.run(Sleep(seconds=0.1))
    data = bench.runtime.settings.data
    files = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    assert files == {f"artifacts/jobs/{job.id}/1/slept.txt", f"logs/jobs/{job.id}/1.log"}


def test_the_whole_queue_is_run_in_order(bench: Bench, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    for name, priority in (("third", 100), ("first", 1), ("second", 50)):
        bench.enqueue(Count(file=str(lines), name=name), priority=priority)
    assert bench.runtime.run_available("cpu") == 3
    assert [line.split()[0] for line in lines.read_text().splitlines()] == [
        "first",
        "second",
        "third",
    ]


@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ("bad input", "invalid", "The sky in row 3 is green; it must be blue."),
        ("surprise", "crashed", "KeyError: 'nobody expected this'"),
        (
            "memory",
            "out_of_memory",
            "Out of memory: an allocation failed. The batch size was 8; try 4.",
        ),
        (
            "device memory",
            "out_of_memory",
            "Out of memory: the model needs 9 GiB, there are 8. The batch size was 8; try 4.",
        ),
    ],
)
def test_what_would_fail_again_fails_at_once_and_says_why(
    bench: Bench, how: str, kind: str, message: str
) -> None:
    job = bench.run(Fail(how=how))
    assert (job.state, job.attempt) == ("failed", 1)
    assert job.error == {"kind": kind, "message": message}
    assert "Traceback" in logs.read_tail(job)
    assert bench.events(job.id) == ["queued", "claimed", "failed"]
    assert storage.list_names(storage.join(bench.runtime.settings.artifacts_root, "jobs")) == []


def test_a_result_that_is_not_json_is_the_computations_fault(bench: Bench) -> None:
    job = bench.run(Fail(how="not json"))
    assert job.state == "failed"
    assert job.error is not None
    assert "not JSON" in job.error["message"]


@pytest.mark.parametrize(
    ("how", "told"), [("exit", "ended with code 7"), ("killed", "ended by SIGKILL")]
)
def test_a_process_that_goes_away_is_tried_again_until_no_attempt_is_left(
    bench: Bench, how: str, told: str
) -> None:
    job = bench.run(Fail(how=how))
    assert (job.state, job.attempt) == ("lost", 2)
    assert job.error is not None
    assert told in job.error["message"]
    assert bench.events(job.id) == ["queued", "claimed", "lost", "queued", "claimed", "lost"]


def test_a_job_that_is_asked_to_stop_stops_by_itself(bench: Bench) -> None:
    job_id = bench.enqueue(Sleep(seconds=60, has_helper=True))
    thread = bench.run_aside()
    bench.wait_for_progress(job_id)
    bench.do(service.request_cancel, job_id)
    asked_at = time.monotonic()
    thread.join(timeout=10)
    assert time.monotonic() - asked_at < 5
    job = bench.look(job_id)
    assert job.state == "cancelled"
    assert bench.events(job_id)[-3:] == ["cancel_requested", "terminated", "cancelled"]
    assert bench.do(queries.list_events, job_id, limit=9999)[-1].data["how"] == "cooperative"
    assert not _helper_lives(logs.read_tail(job))


def test_a_job_that_does_not_listen_is_killed_with_everything_it_started(bench: Bench) -> None:
    job_id = bench.enqueue(Stubborn())
    thread = bench.run_aside()
    bench.wait_for_progress(job_id)
    bench.do(service.request_cancel, job_id)
    thread.join(timeout=15)
    assert bench.look(job_id).state == "cancelled"
    assert bench.events(job_id)[-4:] == ["cancel_requested", "terminated", "killed", "cancelled"]
    assert bench.do(queries.list_events, job_id, limit=9999)[-1].data["how"] == "forced"


@pytest.mark.parametrize("verb", [service.resume, service.retry])
def test_a_resumed_job_goes_on_where_it_was_and_a_retried_one_starts_anew(
    bench: Bench, verb: Callable[[Session, uuid.UUID], Job]
) -> None:
    job_id = bench.enqueue(Sleep(seconds=60))
    went_on = []
    for _ in range(2):
        thread = bench.run_aside()
        bench.wait_for_progress(job_id)
        bench.do(service.request_cancel, job_id)
        thread.join(timeout=10)
        went_on.append("going on at" in logs.read_tail(bench.look(job_id)))
        bench.do(verb, job_id)
    assert went_on == [False, verb is service.resume]


def test_a_worker_that_shuts_down_gives_its_job_back(bench: Bench) -> None:
    job_id = bench.enqueue(Sleep(seconds=60))
    thread = bench.run_aside()
    bench.wait_for_progress(job_id)
    bench.runtime.is_shutting_down.set()
    thread.join(timeout=10)
    job = bench.look(job_id)
    assert (job.state, job.attempt) == ("queued", 0)
    assert bench.events(job_id)[-3:] == ["terminated", "message", "queued"]
    bench.runtime.is_shutting_down.clear()


def test_who_lost_the_lease_is_killed_and_publishes_nothing(bench: Bench) -> None:
    job_id = bench.enqueue(Sleep(seconds=60, has_helper=True))
    thread = bench.run_aside()
    bench.wait_for_progress(job_id)
    with bench.runtime.unit_of_work() as session:
        service.get_locked(session, job_id).fencing_token += 1
    thread.join(timeout=10)
    job = bench.look(job_id)
    assert job.state == "running"
    assert bench.events(job_id) == ["queued", "claimed"]
    assert bench.do(queries.list_artifacts, job_id) == {}
    assert not _helper_lives(Path(storage.find_local(job.log_uri or "") or "").read_text())


def test_a_killed_process_is_replaced_and_the_job_finishes_once(
    bench: Bench, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    job_id = bench.enqueue(Count(file=str(lines), name="one", seconds=1.5))
    thread = bench.run_aside()
    bench.wait_for_progress(job_id)
    os.kill(_find_child(), signal.SIGKILL)
    thread.join(timeout=20)
    job = bench.look(job_id)
    assert (job.state, job.attempt) == ("succeeded", 2)
    assert lines.read_text() == f"one {job_id}-2\n"
    assert bench.events(job_id) == ["queued", "claimed", "lost", "queued", "claimed", "succeeded"]


def test_recording_that_is_refused_fails_the_job_and_removes_its_files(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object) -> dict[str, object]:
        raise Invalid("The name is taken.")

    task = kinds.Task(spec=Sleep, compute="tests.chaos.kinds:sleep", record=refuse)
    monkeypatch.setitem(kinds._TASKS, "test.sleep", task)
    job = bench.run(Sleep(seconds=0))
    assert job.error == {"kind": "invalid", "message": "The name is taken."}
    left = storage.join(bench.runtime.settings.artifacts_root, "jobs", str(job.id))
    assert storage.list_names(left) == []


def test_a_kind_this_worker_does_not_know_fails_with_a_sentence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(kinds._TASKS, "test.sleep")
    job = bench.run(Sleep(seconds=0))
    assert job.state == "failed"
    assert job.error is not None
    assert "does not know how to do 'test.sleep'" in job.error["message"]


def test_a_finished_parent_hands_its_result_to_its_child(bench: Bench) -> None:
    parent = bench.enqueue(Sleep(seconds=0.1))
    child = bench.enqueue(Sleep(seconds=0.1, name="child"), parents={"first": parent})
    assert bench.runtime.run_available("cpu") == 2
    assert bench.look(child).state == "succeeded"
    assert bench.do(queries.get_parent_results, child)["first"]["slept"] >= 0.1
    assert bench.events(child)[:3] == ["message", "released", "queued"]


def test_the_machine_is_checked_with_progress(bench: Bench) -> None:
    job = bench.run(SystemCheck(disk_mb=2, multiply_size=64, repeats=2))
    assert job.state == "succeeded", job.error
    assert job.result is not None
    assert job.result["disk"]["write_mb_per_s"] > 0
    assert job.result["memory"]["available_bytes"] > 0
    assert job.progress["done"] == job.progress["total"] == 6
    output = bench.do(queries.list_artifacts, job.id)["output"]
    with storage.open_read(f"{output.uri}/report.json") as file:
        assert json.load(file) == job.result
    assert "torch" in job.environment["packages"]


def _find_child() -> int:
    """The process of the attempt: it leads a session of its own, as Redis does."""
    for process in psutil.Process().children(recursive=True):
        is_ours = "multiprocessing" in " ".join(process.cmdline())
        if is_ours and os.getsid(process.pid) == process.pid:
            return process.pid
    raise AssertionError("There is no child process.")


def _helper_lives(log: str) -> bool:
    found = re.search(r"helper (\d+)", log)
    assert found, log
    try:
        # Where nobody collects orphans, what was killed stays in the list.
        return psutil.Process(int(found[1])).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_disk_that_cannot_be_written_to_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(storage, "make_staging", refuse)
    job = bench.run(Sleep(seconds=0))
    assert job.state == "lost"
    assert job.attempt == job.max_attempts
    assert "No space left on device" in job.error["message"]
