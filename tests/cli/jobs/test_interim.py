"""`ggez jobs run --wait` where nothing runs: everything it needs comes and goes with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
QUICK = ("system.check", "--disk-mb", "1", "--multiply-size", "64", "--repeats", "1")
SOME_SECONDS = ("system.check", "--disk-mb", "16", "--multiply-size", "512", "--repeats", "60")
LONG = ("system.check", "--disk-mb", "64", "--multiply-size", "4096", "--repeats", "1000")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    left = find_processes(tmp_path / "var")
    for process in left:
        process.kill()
    assert not left, f"Left behind: {left}"


def environment(folder: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"GGEZ_DATABASE_URL", "GGEZ_REDIS_URL"}
    }
    return {**inherited, "GGEZ_DATA": str(folder), "PYTHONPATH": str(ROOT)}


def start(folder: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    given = {f"GGEZ_{name}": value for name, value in settings.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words],
        env=environment(folder) | given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    running = start(folder, *words)
    stdout, stderr = running.communicate(timeout=120)
    return running.returncode, stdout, stderr


def wait_for_line(running: subprocess.Popen[str], part: str) -> None:
    assert running.stderr is not None
    assert any(part in line for line in running.stderr), "It ended without a word of this."


def find_processes(folder: Path) -> list[psutil.Process]:
    """Everything that was told of this data folder, by its words or its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.environ().get("GGEZ_DATA", "")]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(folder) in word for word in told):
            found.append(process)
    return found


def test_a_job_runs_to_its_end_and_leaves_no_process(folder: Path) -> None:
    code, stdout, stderr = run(folder, "jobs", "run", *QUICK, "--wait", "--json")
    assert (code, stderr) == (0, "")
    job = json.loads(stdout)
    assert (job["state"], job["attempt"]) == ("succeeded", 1)
    assert job["result"]["device"]
    assert find_processes(folder) == []
    code, stdout, stderr = run(folder, "jobs", "run", *QUICK, "--wait")
    assert (code, stderr) == (0, "")
    assert "did exactly this before" in stdout


def test_without_waiting_the_row_is_kept_for_later(folder: Path) -> None:
    code, stdout, stderr = run(folder, "jobs", "run", *QUICK)
    assert (code, stderr) == (0, "")
    assert stdout.endswith("is queued; it runs at the next 'ggez up'.\n")
    code, stdout, _ = run(folder, "jobs", "list", "--json")
    assert [job["state"] for job in json.loads(stdout)["items"]] == ["queued"]


def test_ctrl_c_puts_the_job_back_and_stops_everything(folder: Path) -> None:
    running = start(folder, "jobs", "run", *LONG, "--wait")
    wait_for_line(running, "is running")
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130
    assert stderr.endswith("has not ended; it goes on at the next 'ggez up'.\n")
    assert find_processes(folder) == []
    _, stdout, _ = run(folder, "jobs", "list", "--json")
    assert [job["state"] for job in json.loads(stdout)["items"]] == ["queued"]


def test_a_killed_terminal_takes_everything_with_it(folder: Path) -> None:
    running = start(folder, "jobs", "run", *LONG, "--wait")
    wait_for_line(running, "is running")
    running.kill()
    running.communicate()
    deadline = time.monotonic() + 10
    while find_processes(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert find_processes(folder) == []


def test_a_killed_worker_is_started_again_and_the_job_ends_once(folder: Path) -> None:
    running = start(
        folder, "jobs", "run", *SOME_SECONDS, "--wait", "--json", LEASE_S="3", HEARTBEAT_S="1"
    )
    deadline = time.monotonic() + 60
    while not (folder / "logs" / "jobs").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    (worker,) = [
        process for process in find_processes(folder) if "celery" in " ".join(process.cmdline())
    ]
    worker.kill()
    stdout, stderr = running.communicate(timeout=90)
    assert (running.returncode, stderr) == (0, "")
    kinds = [event["kind"] for event in json.loads(stdout)["events"]]
    assert kinds.count("claimed") == 2
    assert kinds.count("succeeded") == 1
    assert find_processes(folder) == []


def test_errors_are_one_sentence_on_stderr(folder: Path) -> None:
    for words, code in (
        (("jobs", "run", "system.check", "--disk-mb", "0", "--json"), 2),
        (("jobs", "run", "system.dance", "--json"), 2),
        (("user", "add", "nobody", "--role", "admin", "--json"), 2),
        (("user", "link", "nobody@example.org", "--json"), 1),
    ):
        returned, stdout, stderr = run(folder, *words)
        assert (returned, stdout, stderr.count("\n")) == (code, "", 1), stderr


def test_the_terminal_never_loads_torch() -> None:
    code = (
        "import sys, cli.jobs.launch, cli.jobs.look, cli.jobs.control, cli.jobs.logs, cli.user\n"
        "print(sorted({'torch', 'fastapi', 'workers'} & set(sys.modules)))\n"
        "print(sorted(name for name in sys.modules if name.startswith('ml.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Of the computing only what a progress and an error are: the map of errors names them.
    assert done.stdout == "[]\n['ml.progress']\n"
