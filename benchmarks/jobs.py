"""What the job engine costs: against the same processes started bare, and against the clock where
people wait.
"""

import statistics
import subprocess
import sys
import time
import uuid

from domain.jobs import queries, service
from specs.job import JobSpec
from tests.chaos import installation as installations
from tests.chaos.installation import Installation
from tests.chaos.kinds import Count, Sleep, Stubborn

_NUM_JOBS = 200
_NUM_WORKERS = 4
_NUM_ROUNDS = 5
_COOPERATIVE_LIMIT_S, _FORCED_LIMIT_S = 5.0, 15.0
_BARE = f"""
import multiprocessing, time
from concurrent.futures import ThreadPoolExecutor

context = multiprocessing.get_context("forkserver")

def run_one(_):
    process = context.Process(target=time.sleep, args=(0,))
    process.start()
    process.join()

run_one(0)  # starts the server
began = time.perf_counter()
with ThreadPoolExecutor({_NUM_WORKERS}) as pool:
    list(pool.map(run_one, range({_NUM_JOBS})))
print(time.perf_counter() - began)
"""
# As in the product; the tests' installation would be quicker.
_AS_SHIPPED = {"lease_s": 30, "heartbeat_s": 10, "watch_s": 1, "grace_s": 10, "tend_s": 5}


def main() -> None:
    with installations.running() as made:
        bare_s = _measure_bare()
        ours_s = _measure_many(made)
        made.clear()
        made.start_worker(**_AS_SHIPPED)
        made.wait_for_state(made.enqueue(Sleep(seconds=0)), "succeeded")
        waits = [_measure_start(made) for _ in range(_NUM_ROUNDS)]
        cooperative = [_measure_cancel(made, Sleep(seconds=60)) for _ in range(_NUM_ROUNDS)]
        forced = [_measure_cancel(made, Stubborn()) for _ in range(2)]
        made.clear()
    print(f"## Jobs\n\n{_NUM_JOBS} empty jobs, {_NUM_WORKERS} at a time:\n")
    print("| | s | a second | times the bare one |\n|---|---:|---:|---:|")
    for name, took_s in (("bare forks from a fork server", bare_s), ("jobs", ours_s)):
        print(f"| {name} | {took_s:.1f} | {_NUM_JOBS / took_s:.0f} | {took_s / bare_s:.1f} |")
    print("\nWhat people wait for, with the settings as shipped:\n")
    print("| | median, s | longest, s | limit, s |\n|---|---:|---:|---:|")
    print(f"| from launching to computing | {statistics.median(waits):.2f} | {max(waits):.2f} | |")
    for name, found, limit_s in (
        ("from asking to stop to cancelled", cooperative, _COOPERATIVE_LIMIT_S),
        ("the same, when it does not listen", forced, _FORCED_LIMIT_S),
    ):
        print(f"| {name} | {statistics.median(found):.2f} | {max(found):.2f} | {limit_s:g} |")
    sys.exit(max(cooperative) > _COOPERATIVE_LIMIT_S or max(forced) > _FORCED_LIMIT_S)


def _measure_bare() -> float:
    """In a process of its own: a child of multiprocessing imports its parent's main module, and
    that of `python -c` is empty.
    """
    said = subprocess.run([sys.executable, "-c", _BARE], capture_output=True, text=True, check=True)
    return float(said.stdout)


def _measure_many(made: Installation) -> float:
    """From the first launch to the last row; the workers are up and warm."""
    for number in (1, 2):
        made.start_worker(f"worker-{number}", concurrency=_NUM_WORKERS // 2, **_AS_SHIPPED)
    file = str(made.folder / "lines")
    warm = [made.enqueue(Count(file=file, name=f"warm-{number}")) for number in range(8)]
    for job_id in warm:
        made.wait_for_state(job_id, "succeeded")
    began = time.perf_counter()
    with made.session() as session:
        for number in range(_NUM_JOBS):
            service.enqueue(session, Count(file=file, name=str(number)), created_by=None)
    all_jobs = _NUM_JOBS + len(warm)
    made.wait_until("all jobs", lambda: _count_succeeded(made) == all_jobs, seconds=300)
    return time.perf_counter() - began


def _count_succeeded(made: Installation) -> int:
    with made.session() as session:
        return queries.count_by_state(session).get("succeeded", 0)


def _measure_start(made: Installation) -> float:
    job_id = made.enqueue(Sleep(seconds=0.2))
    job = made.wait_for_state(job_id, "succeeded")
    with made.session() as session:
        first = next(
            event for event in queries.list_events(session, job_id) if event.kind == "progress"
        )
    return (first.at - job.created_at).total_seconds()


def _measure_cancel(made: Installation, spec: JobSpec) -> float:
    job_id: uuid.UUID = made.enqueue(spec)
    made.wait_for_progress(job_id)
    began = time.perf_counter()
    with made.session() as session:
        service.request_cancel(session, job_id)
    made.wait_for_state(job_id, "cancelled", seconds=60)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
