"""Job kinds that misbehave. `register` makes them known where a test wants them.

Each run of `test.count` leaves one line in a file, under its fencing token: the side effect by
which the tests count that nothing ran twice.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from ml.progress import OutOfMemory, Progress
from specs.job import JobSpec


class Sleep(JobSpec):
    kind: ClassVar[str] = "test.sleep"
    label: ClassVar[str] = "Sleep"
    summary: ClassVar[str] = "Sleeps, with progress; stops when asked and goes on where it was."

    seconds: float = 1.0
    name: str = ""
    has_helper: bool = False
    batch_size: int = Field(default=8, ge=1)


class Count(JobSpec):
    kind: ClassVar[str] = "test.count"
    label: ClassVar[str] = "Count"
    summary: ClassVar[str] = "Appends a line to a file."

    file: str
    name: str
    seconds: float = 0.0


class Stubborn(JobSpec):
    kind: ClassVar[str] = "test.stubborn"
    label: ClassVar[str] = "Be stubborn"
    summary: ClassVar[str] = "Does not stop when it is asked."

    seconds: float = 60.0


class Fail(JobSpec):
    kind: ClassVar[str] = "test.fail"
    label: ClassVar[str] = "Fail"
    summary: ClassVar[str] = "Fails in a chosen way."
    max_attempts: ClassVar[int] = 2

    how: str
    batch_size: int = 8


def _tick(spec: Any, state_dir: Path, progress: Progress, *, is_stubborn: bool = False) -> float:
    saved = state_dir / "slept"
    slept = float(saved.read_text()) if saved.exists() else 0.0
    if slept:
        sys.stdout.write(f"going on at {slept:.2f} s\n")
    while slept < spec.seconds:
        if not is_stubborn:
            progress.check()
        progress.update(slept, spec.seconds, unit="s", message=f"slept {slept:.1f} s")
        time.sleep(0.05)
        slept += 0.05
        saved.write_text(str(slept))
    return slept


def sleep(spec: Sleep, *, out_dir: Path, state_dir: Path, progress: Progress) -> dict[str, Any]:
    helper = None
    if spec.has_helper:
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        sys.stdout.write(f"helper {helper.pid}\n")
    sys.stdout.write(f"sleeping {spec.seconds} s\n")
    try:
        slept = _tick(spec, state_dir, progress)
    finally:
        if helper is not None:
            helper.kill()
            helper.wait()
    (out_dir / "slept.txt").write_text(str(slept))
    return {"slept": slept}


def count(spec: Count, *, out_dir: Path, state_dir: Path, progress: Progress) -> dict[str, Any]:
    _tick(spec, state_dir, progress)
    line = f"{spec.name} {out_dir.name}\n".encode()
    descriptor = os.open(spec.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line)
    os.close(descriptor)
    (out_dir / "counted.txt").write_text(spec.name)
    return {"name": spec.name}


def be_stubborn(
    spec: Stubborn, *, out_dir: Path, state_dir: Path, progress: Progress
) -> dict[str, Any]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (out_dir / "half done.txt").write_text("x")
    return {"slept": _tick(spec, state_dir, progress, is_stubborn=True)}


def fail(spec: Fail, *, out_dir: Path, state_dir: Path, progress: Progress) -> dict[str, Any]:
    del state_dir, progress
    (out_dir / "half done.txt").write_text("x")
    match spec.how:
        case "bad input":
            raise ValueError("The sky in row 3 is green; it must be blue.")
        case "surprise":
            raise KeyError("nobody expected this")
        case "memory":
            raise MemoryError
        case "device memory":
            raise OutOfMemory("the model needs 9 GiB, there are 8")
        case "not json":
            return {"loss": float("nan")}
        case "exit":
            os._exit(7)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
    raise ValueError(spec.how)
