"""One training, in one process or in several: what they are told, and how they are watched.

Several are started through `accelerate launch`. They share nothing with whoever watches but a
folder: the work is written there, progress and errors come back there, and a file asks to stop.
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
from ml.finetuning import trainable
from ml.finetuning.data.batches import Batches
from ml.finetuning.foundation import open_foundation
from ml.finetuning.problems import LossNotFinite, UnfitForTraining, WorkerFailed
from ml.finetuning.samples import Sampler
from ml.finetuning.team import Team
from ml.finetuning.training import Course, Training
from ml.loading.problems import UnfitModel
from ml.progress import OutOfMemory, Progress, Stopped
from specs.kinds.model_finetune import ModelFinetune

PROMPTS, SAMPLES = "prompts.safetensors", "samples"
_WORK, _STOP, _TOLD, _ERROR = "work.json", "stop", "progress.json", "error.json"
_LOOK_EVERY_S = 0.2
_PATIENCE_S = 600.0  # for a checkpoint to be written
_GRACE_S = 30.0
_LAST_WORDS = 2000


@dataclass(frozen=True, kw_only=True)
class Work:
    """All that a training process has to know."""

    spec: ModelFinetune
    base: Path
    encoded: Path
    num_views: int
    state_dir: Path
    identity: str
    device: str

    @property
    def checkpoints(self) -> Path:
        return self.state_dir / "checkpoints"

    def write(self) -> None:
        facts = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in vars(self).items()
            if name != "spec"
        }
        files.write_json(self.state_dir / _WORK, facts | {"spec": self.spec.to_json()})

    @classmethod
    def read(cls, state_dir: Path) -> "Work":
        facts = json.loads((state_dir / _WORK).read_text("utf-8"))
        for name in ("base", "encoded", "state_dir"):
            facts[name] = Path(facts[name])
        facts["spec"] = ModelFinetune.model_validate(facts["spec"])
        return cls(**facts)


def open_batches(work: Work, rank: int = 0) -> Batches:
    foundation = open_foundation(work.base)
    num_times = foundation.noising.num_times
    return Batches(
        work.spec, work.encoded, num_views=work.num_views, num_times=num_times, rank=rank
    )


def train(work: Work, team: Team, progress: Progress) -> None:
    foundation = open_foundation(work.base)
    batches = open_batches(work, team.rank)
    sampler = Sampler(work.spec, foundation, work.state_dir / PROMPTS, work.state_dir / SAMPLES)
    course = Course(
        spec=work.spec,
        num_steps=batches.count_steps(),
        noising=foundation.noising,
        state_dir=work.state_dir,
        identity=work.identity,
        draw_samples=sampler.draw,
    )
    Training(course, trainable.load(foundation, work.spec), team).run(batches, progress)


def check_devices(spec: ModelFinetune, device: str) -> None:
    if device == "cuda" and spec.num_processes > torch.cuda.device_count():
        raise UnfitForTraining(
            f"{spec.num_processes} processes need a GPU each; this machine has "
            f"{torch.cuda.device_count()}."
        )


def make_command(work: Work) -> list[str]:
    """Both deal out ranks and addresses, and end all processes when one fails. accelerate starts
    several processes on GPUs only; what it calls for that serves processors as well.
    """
    number = str(work.spec.num_processes)
    own = ["-m", "ml.finetuning.process", str(work.state_dir)]
    if work.device == "cpu":
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


def launch(work: Work, progress: Progress) -> None:
    for name in (_STOP, _TOLD, _ERROR):
        (work.state_dir / name).unlink(missing_ok=True)
    work.write()
    threads = str(max(1, torch.get_num_threads() // work.spec.num_processes))
    environment = os.environ | {"OMP_NUM_THREADS": threads}
    log = work.state_dir / "processes.log"
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - the command is ours
            make_command(work),
            env=environment,
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _watch(child, work, progress)
        finally:
            _end(child)
    if child.returncode:
        raise _read_error(work, child.returncode, log)


def _watch(child: subprocess.Popen[bytes], work: Work, progress: Progress) -> None:
    """Until the last has ended. Who is asked to stop saves first."""
    told: dict[str, Any] = {}
    while child.poll() is None:
        try:
            progress.check()
        except Stopped:
            (work.state_dir / _STOP).touch()
            child.wait(_PATIENCE_S)
            if child.returncode:
                return
            raise
        now = _read_told(work.state_dir)
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


_ERRORS: Mapping[str, Callable[..., Exception]] = {
    "LossNotFinite": LossNotFinite,
    "OutOfMemory": OutOfMemory,
    "UnfitForTraining": UnfitForTraining,
    "UnfitModel": UnfitModel,
}


def _read_error(work: Work, code: int, log: Path) -> Exception:
    path = work.state_dir / _ERROR
    if path.exists():
        told = json.loads(path.read_text("utf-8"))
        return _ERRORS[told["kind"]](*told["arguments"])
    return WorkerFailed(code, shown(log.read_text("utf-8", "replace")[-_LAST_WORDS:]))


class Relay:
    """The progress of a process among several: the first one tells, all hear of the end."""

    def __init__(self, work: Work, rank: int) -> None:
        self._state_dir, self._rank = work.state_dir, rank
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
        """One of `_ERRORS`."""
        facts = {"kind": type(error).__name__, "arguments": list(error.args)}
        if isinstance(error, LossNotFinite):
            facts["arguments"] = [error.step, error.learning_rate]
        files.write_json(self._state_dir / _ERROR, facts)
