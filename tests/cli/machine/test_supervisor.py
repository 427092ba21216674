"""In a process of its own: a supervisor takes over signals, and ends whatever lies below it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

SUPERVISOR = """
import signal, subprocess, sys
from pathlib import Path
from cli.embedded import process
from cli.machine.logs import LogRelay
from cli.machine.supervisor import Member, Supervisor

folder = Path(sys.argv[1])
supervisor = Supervisor(LogRelay(folder))
supervisor.on_change = lambda members: print(
    "pids", *(f"{m.name}={m.running.pid if m.running else 0}" for m in members), flush=True
)

def member(name, script):
    launch = process.Launch(
        name=name,
        command=["sh", "-c", script],
        death_signal=signal.SIGKILL,
        lock=folder / f"{name}.lock",
    )
    def start(relay):
        return relay.follow(name, process.start(launch, output=subprocess.PIPE))
    group = name.partition("-")[0]
    return Member(
        name=name, group=group, start=start, stop_signal=signal.SIGTERM, grace_s=1.0
    )

try:
    for argument in sys.argv[2:]:
        supervisor.add(member(*argument.split(":", 1)))
    supervisor.run()
finally:
    supervisor.stop()
    print("stopped", flush=True)
"""
SLEEPS = "echo here I am; exec sleep 600"


class Supervised:
    def __init__(self, folder: Path, *members: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(folder), *members],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        self.said: list[str] = []
        self.passed_over: list[str] = []

    def read_until(self, words: str) -> str:
        """The next line with these words; a line with others may have come before or after it,
        for a member speaks while the supervisor says that it runs."""
        for position, line in enumerate(self.passed_over):
            if words in line:
                return self.passed_over.pop(position)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if words in line:
                return line
            self.passed_over.append(line)
        pytest.fail(f"It never said {words!r}, but: {self.said}")

    def pid_of(self, name: str) -> int:
        """As of the next change."""
        words = self.read_until(f" {name}=").split()
        return int(next(word.partition("=")[2] for word in words if word.startswith(f"{name}=")))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


Start = Callable[..., Supervised]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Start]:
    started: list[Supervised] = []

    def start(*members: str) -> Supervised:
        started.append(Supervised(tmp_path, *members))
        return started[-1]

    yield start
    for supervised in started:
        supervised.end()


def wait_until_gone(*pids: int) -> bool:
    deadline = time.monotonic() + 10
    while any(psutil.pid_exists(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_what_a_process_says_is_shown_with_its_name_and_kept(
    supervise: Start, tmp_path: Path
) -> None:
    supervised = supervise(f"one:{SLEEPS}")
    assert supervised.read_until("here I am") == "one        | here I am\n"
    assert (tmp_path / "one.log").read_text() == "here I am\n"


def test_a_process_that_dies_starts_again_and_says_so(supervise: Start) -> None:
    supervised = supervise(f"one:{SLEEPS}")
    first = supervised.pid_of("one")
    supervised.read_until("here I am")
    os.kill(first, signal.SIGKILL)
    supervised.read_until("one ended (signal SIGKILL); it starts again in 0.2 s.")
    supervised.read_until("here I am")


def test_the_pause_grows_while_a_process_keeps_dying(supervise: Start) -> None:
    supervised = supervise("one:exit 3")
    supervised.read_until("one ended (exit code 3); it starts again in 0.2 s.")
    supervised.read_until("it starts again in 0.4 s.")
    supervised.read_until("it starts again in 0.8 s.")


def test_what_a_dead_process_left_in_its_session_is_ended_too(
    supervise: Start, tmp_path: Path
) -> None:
    note = tmp_path / "grandchild"
    supervised = supervise(f"one:sleep 600 & echo $! > {note}; echo here I am; wait")
    parent = supervised.pid_of("one")
    supervised.read_until("here I am")
    grandchild = int(note.read_text())
    os.kill(parent, signal.SIGKILL)
    supervised.read_until("one ended")
    assert wait_until_gone(grandchild)


def test_it_stops_in_the_reverse_order_of_starting_group_by_group(supervise: Start) -> None:
    supervised = supervise(f"first:{SLEEPS}", f"many-1:{SLEEPS}", f"many-2:{SLEEPS}")
    for _ in range(3):
        supervised.read_until("here I am")
    supervised.process.send_signal(signal.SIGTERM)
    supervised.read_until("stopped")
    stops = [line.partition("| ")[2] for line in supervised.said if "Stopping" in line]
    assert stops == ["Stopping many.", "Stopping first."]
    assert supervised.process.wait(10) == 0


def test_one_that_does_not_listen_is_killed_after_its_grace(supervise: Start) -> None:
    supervised = supervise("deaf:trap '' TERM; echo here I am; while :; do sleep 0.1; done")
    supervised.read_until("here I am")
    supervised.process.send_signal(signal.SIGINT)
    supervised.read_until("deaf did not end within 1 s: killed.")
    supervised.read_until("stopped")


def test_nothing_is_left_when_it_stops_not_even_a_session_of_its_own(
    supervise: Start, tmp_path: Path
) -> None:
    note = tmp_path / "runaway"
    supervised = supervise(f"one:setsid sleep 600 & echo $! > {note}; echo here I am; wait")
    supervised.read_until("here I am")
    supervised.process.send_signal(signal.SIGTERM)
    supervised.read_until("stopped")
    assert wait_until_gone(int(note.read_text()))


def test_everything_dies_with_a_supervisor_that_is_killed(supervise: Start) -> None:
    supervised = supervise(f"one:{SLEEPS}", f"two:{SLEEPS}")
    for _ in range(2):
        supervised.read_until("here I am")
    family = psutil.Process(supervised.process.pid).children(recursive=True)
    assert len(family) == 2
    supervised.process.kill()
    supervised.process.wait()
    assert wait_until_gone(*(child.pid for child in family))
