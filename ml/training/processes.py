"""Several processes that train together: how they are started, told, heard and ended.

They are started through `accelerate launch`. They share nothing with whoever watches but a folder:
progress and errors come back there, and a file asks to stop.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ml import files
from ml.datasets.problems import shown
from ml.loading.problems import UnfitModel
from ml.progress import OutOfMemory, Progress, Stopped
from ml.training.problems import LossNotFinite, UnfitForTraining, WorkerFailed
from ml.training.team import Team, Together

_STOP, _TOLD, _ERROR = "stop", "progress.json", "error.json"
_LOOK_EVERY_S = 0.2
_PATIENCE_S = 600.0  # for a checkpoint to be written
_GRACE_S = 30.0
_LAST_WORDS = 2000


@dataclass(frozen=True, kw_only=True)
class Crew:
    module: str  # what each of them runs, with the folder as its argument
    state_dir: Path
    num_processes: int
    device: str


def check_devices(num_processes: int, device: str) -> None:
    if device == "cuda" and num_processes > torch.cuda.device_count():
        raise UnfitForTraining(
            f"{num_processes} processes need a GPU each; this machine has "
            f"{torch.cuda.device_count()}."
        )


def make_command(crew: Crew) -> list[str]:
    """Both deal out ranks and addresses, and end all processes when one fails. accelerate starts
    several processes on GPUs only; what it calls for that serves processors as well.
    """
    number = str(crew.num_processes)
    own = ["-m", crew.module, str(crew.state_dir)]
    if crew.device == "cpu":
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        return [*torchrun, "--nproc-per-node", number, *own]
    return [
        sys.executable, "-m", "accelerate.commands.launch",
        "--multi_gpu",
        "--num_processes", number,
        "--num_machines", "1",
        "--main_process_port", "0",
        "--mixed_precision", "no",  # the training sets its own
        "--dynamo_backend", "no",
        *own,
    ]  # fmt: skip


def launch(crew: Crew, progress: Progress) -> None:
    for name in (_STOP, _TOLD, _ERROR):
        (crew.state_dir / name).unlink(missing_ok=True)
    threads = str(max(1, torch.get_num_threads() // crew.num_processes))
    environment = os.environ | {"OMP_NUM_THREADS": threads}
    log = crew.state_dir / "processes.log"
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - the command is ours
            make_command(crew),
            env=environment,
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _watch(child, crew.state_dir, progress)
        finally:
            _end(child)
    if child.returncode:
        raise read_error(crew.state_dir, child.returncode, log)


def _watch(child: subprocess.Popen[bytes], state_dir: Path, progress: Progress) -> None:
    """Until the last has ended. Who is asked to stop saves first."""
    told: dict[str, Any] = {}
    while child.poll() is None:
        try:
            progress.check()
        except Stopped:
            (state_dir / _STOP).touch()
            child.wait(_PATIENCE_S)
            if child.returncode:
                return
            raise
        now = _read_told(state_dir)
        if now and now != told:
            told = now
            progress.update(told["done"], told["total"], **told["more"])
        time.sleep(_LOOK_EVERY_S)


def _read_told(state_dir: Path) -> dict[str, Any]:
    path = state_dir / _TOLD
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()  # it ends its processes
        try:
            child.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


_TELLABLE = (LossNotFinite, OutOfMemory, UnfitForTraining, UnfitModel)
_ERRORS: Mapping[str, Callable[..., Exception]] = {each.__name__: each for each in _TELLABLE}


def read_error(state_dir: Path, code: int, log: Path) -> Exception:
    path = state_dir / _ERROR
    if path.exists():
        told = json.loads(path.read_text("utf-8"))
        return _ERRORS[told["kind"]](*told["arguments"])
    return WorkerFailed(code, shown(log.read_text("utf-8", "replace")[-_LAST_WORDS:]))


def serve(state_dir: Path, device: str, train: Callable[[Team, Progress], None]) -> int:
    """The whole of one of these processes."""
    team = Together(device)
    relay = Relay(state_dir, team.rank)
    try:
        train(team, relay)
    except Stopped:
        return 0  # what is needed to go on is saved
    except _TELLABLE as error:
        relay.tell_error(error)
        return 1
    finally:
        team.leave()
    return 0


class Relay:
    """The progress of a process among several: the first one tells, all hear of the end."""

    def __init__(self, state_dir: Path, rank: int) -> None:
        self._state_dir, self._rank = state_dir, rank
        self._parent = os.getppid()

    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        if self._rank == 0:
            more = {"unit": unit, "message": message, "metrics": dict(metrics or {})}
            facts = {"done": done, "total": total, "more": more}
            files.write_json(self._state_dir / _TOLD, facts)

    def check(self) -> None:
        """Who started it may have been killed: then nobody waits for the result."""
        if (self._state_dir / _STOP).exists() or os.getppid() != self._parent:
            raise Stopped

    def tell_error(self, error: Exception) -> None:
        """One of `_TELLABLE`."""
        facts = {"kind": type(error).__name__, "arguments": list(error.args)}
        if isinstance(error, LossNotFinite):
            facts["arguments"] = [error.step, error.learning_rate]
        files.write_json(self._state_dir / _ERROR, facts)
