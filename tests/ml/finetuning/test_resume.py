"""A training that was interrupted ends in the same weights as one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cli.plain import computing
from ml.finetuning import launching
from ml.loading.headers import WeightFile
from ml.progress import Silent, Stopped
from ml.training import checkpoints, rewriting
from ml.training.steps import Steps
from specs.kinds.model.model_finetune import ModelFinetune
from tests.full_disk import files_up_to

from .conftest import FULL, Run, Tuned

ROOT = Path(__file__).resolve().parents[3]


class StopsAtStep(Silent):
    """Asks to stop once this many steps are done, in the middle of the next one."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.checks = 0
        self.is_training = False

    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        self.is_training = self.is_training or message == "Training"

    def check(self) -> None:
        if self.is_training and self.step <= 0:
            raise Stopped
        self.step -= self.is_training


@pytest.mark.parametrize("num_checks", [0, 1])
def test_a_training_that_was_stopped_goes_on_bit_for_bit(
    num_checks: int, run: Run, sdxl: Path, full: Tuned, tmp_path: Path
) -> None:
    """Between two steps, and in the middle of one: what it had begun leaves nothing behind."""
    with pytest.raises(Stopped):
        run(sdxl, state=tmp_path, progress=StopsAtStep(num_checks), **FULL)
    saved = checkpoints.list_checkpoints(tmp_path / "checkpoints")[-1]
    assert 2 <= checkpoints.read_facts(saved)["step"] < 6
    resumed = run(sdxl, state=tmp_path, **FULL)
    assert resumed.unet.read_bytes() == full.unet.read_bytes()
    assert resumed.result == full.result
    for name in ("training.jsonl", *full.result["samples"]):
        assert (resumed.out / name).read_bytes() == (full.out / name).read_bytes()


def test_a_second_stop_before_the_next_step_leaves_the_checkpoint_alone(
    run: Run, sdxl: Path, full: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written again it would be gone, were the process killed meanwhile."""
    with pytest.raises(Stopped):
        run(sdxl, state=tmp_path, progress=StopsAtStep(0), **FULL)
    before = checkpoints.list_checkpoints(tmp_path / "checkpoints")

    def stop(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(Steps, "_stop_if_asked", stop)
        patched.setattr(checkpoints, "save_file", stop)
        with pytest.raises(Stopped):
            run(sdxl, state=tmp_path, **FULL)
    assert checkpoints.list_checkpoints(tmp_path / "checkpoints") == before
    assert run(sdxl, state=tmp_path, **FULL).unet.read_bytes() == full.unet.read_bytes()


# Imports once and forks for each training, since importing takes longer than a training. Each kills
# itself from a thread: from outside it may be over before a busy machine gets to it.
NURSERY = """
import json, os, signal, sys, threading, time, torch
from pathlib import Path
torch.set_num_threads(1)
from ml.finetuning.run import finetune
from ml.progress import Silent
from specs.kinds.model.model_finetune import ModelFinetune

def kill(after, delay):
    while not os.path.exists(after):
        time.sleep(0.002)
    time.sleep(delay)
    os.kill(os.getpid(), signal.SIGKILL)

for line in sys.stdin:
    base, dataset, out, state, spec, after, delay = json.loads(line)
    pid = os.fork()
    if pid == 0:
        threading.Thread(target=kill, args=(after, float(delay)), daemon=True).start()
        finetune(ModelFinetune.model_validate_json(spec), base=Path(base), dataset=Path(dataset),
                 out_dir=Path(out), state_dir=Path(state), progress=Silent())
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@dataclass
class Nursery:
    process: subprocess.Popen[str]

    def train(self, *arguments: object) -> int:
        """Returns how it ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([str(each) for each in arguments]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Nursery(process)


KILLED: dict[str, Any] = {
    "max_steps": 12, "batch_size": 4, "learning_rate": 1e-3, "checkpoint_every": 2,
    "ema_decay": 0.9, "caption_dropout": 0.3,
}  # fmt: skip
_LONGEST_DELAY_S = 0.1  # about what two steps take


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "fields",
    [{}, {"method": "lora", "lora_rank": 2, "lora_dropout": 0.2}, {"accumulation": 2}],
    ids=["full", "lora", "in parts"],
)
def test_a_training_that_was_killed_goes_on_bit_for_bit(
    fields: dict[str, Any],
    nursery: Nursery,
    run: Run,
    sdxl: Path,
    dataset: Path,
    tmp_path: Path,
) -> None:
    """SIGKILL at a moment that is different in every run: some time after some checkpoint appeared,
    so in a step, between two, or while the next checkpoint is written. KILL_SEED repeats one.
    """
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(2**32))
    sys.stdout.write(f"KILL_SEED={seed}\n")  # shown when the test fails
    chance = random.Random(seed)
    state = tmp_path / "state"
    state.mkdir()
    (tmp_path / "out").mkdir()
    whole = run(sdxl, **KILLED | fields)
    after = state / "checkpoints" / f"step-{2 * chance.randint(1, 4):08d}"
    delay = chance.uniform(0, _LONGEST_DELAY_S)
    asked = whole.spec.model_dump_json()
    ended = nursery.train(sdxl, dataset, tmp_path / "out", state, asked, after, delay)
    assert ended == -signal.SIGKILL
    latest = checkpoints.list_checkpoints(state / "checkpoints")[-1]
    assert checkpoints.read_facts(latest)["step"] < 12
    resumed = run(sdxl, state=state, **KILLED | fields)
    assert resumed.unet.read_bytes() == whole.unet.read_bytes()
    assert (resumed.out / "training.jsonl").read_bytes() == (
        whole.out / "training.jsonl"
    ).read_bytes()
    assert resumed.result == whole.result


def test_a_training_that_was_done_is_only_written_again(
    run: Run, sdxl: Path, full: Tuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.finetuning.launching.train", None)
    again = run(sdxl, state=full.state, **FULL)
    assert again.result == full.result


def test_a_model_that_the_disk_had_no_room_for_leaves_no_folder_and_is_written_when_there_is(
    sdxl: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the terminal runs it. What was trained is kept: the second time only writes."""
    spec = ModelFinetune(max_steps=2, batch_size=4, learning_rate=1e-3)
    out = tmp_path / "tuned"

    def tune() -> dict[str, Any]:
        inputs = {"base": sdxl, "dataset": dataset}
        return computing.compute_into(out, "ml.finetuning.run:finetune", spec, Silent(), inputs)

    rewrite = rewriting.rewrite

    def fill_up(source: WeightFile, target: Path, change: rewriting.Change) -> None:
        with files_up_to(source.size_bytes // 2):
            rewrite(source, target, change)

    with monkeypatch.context() as patch:
        patch.setattr(rewriting, "rewrite", fill_up)
        with pytest.raises(OSError, match="File too large"):
            tune()
    assert not out.exists()

    def refuse(*_: object) -> None:
        raise AssertionError("It was trained already.")

    monkeypatch.setattr(launching, "train", refuse)
    result = tune()
    unet = out / "model" / "unet" / "diffusion_pytorch_model.safetensors"
    base = sdxl / "unet" / unet.name
    assert unet.stat().st_size == base.stat().st_size
    assert unet.read_bytes() != base.read_bytes()
    assert result["steps"] == 2
    assert not (tmp_path / ".tuned.unfinished" / "state").exists()


def test_under_other_conditions_it_says_that_it_is_not_bit_exact(
    run: Run, sdxl: Path, tmp_path: Path
) -> None:
    fields = {"max_steps": 4, "checkpoint_every": 2}
    with pytest.raises(Stopped):
        run(sdxl, state=tmp_path, progress=StopsAtStep(0), **fields)
    for path in checkpoints.list_checkpoints(tmp_path / "checkpoints"):
        facts = checkpoints.read_facts(path)
        facts["conditions"] |= {"threads": 7, "torch": "1.0"}
        (path / "facts.json").write_text(json.dumps(facts))
    result = run(sdxl, state=tmp_path, **fields).result
    assert not result["is_bit_exact"]
    assert result["notes"][0].startswith(
        f"Not bit-exact: it was resumed at step 2 under other conditions (torch 1.0 -> "
        f"{torch.__version__}, threads 7 -> 1)"
    )


def test_a_checkpoint_of_other_settings_is_not_gone_on_with(
    run: Run, sdxl: Path, tmp_path: Path
) -> None:
    run(sdxl, state=tmp_path, max_steps=2)
    again = run(sdxl, state=tmp_path, max_steps=1)
    assert again.result["steps"] == 1
    found = checkpoints.list_checkpoints(tmp_path / "checkpoints")
    assert [path.name for path in found] == ["step-00000001"]


def test_random_numbers_go_on_where_they_were() -> None:
    facts = json.loads(json.dumps(checkpoints.pack_random()))

    def draw() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(()))  # noqa: NPY002 - the global one is meant

    before = draw()
    assert draw() != before
    checkpoints.unpack_random(facts)
    assert draw() == before


def test_a_checkpoint_that_was_not_finished_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = checkpoints.Checkpoint(1, {"identity": "a"}, {"weights": {"w": torch.ones(2)}})
    checkpoints.save(tmp_path, whole)

    def fill_up(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", fill_up)
    with pytest.raises(OSError, match="No space"):
        checkpoints.save(tmp_path, checkpoints.Checkpoint(2, {"identity": "a"}, {"weights": {}}))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]
    latest = checkpoints.find_latest(tmp_path, "a")
    assert latest is not None
    assert checkpoints.read_tensors(latest, "weights")["w"].tolist() == [1.0, 1.0]
