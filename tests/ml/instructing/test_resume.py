"""A training that was interrupted ends in the same weights as one that was not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ml.instructing import captions, launching
from ml.progress import Silent, Stopped
from ml.training import checkpoints
from tests import killed

from .conftest import FULL, Run, Taught


class StopsAfter(Silent):
    """Asks to stop so many looks after the first of these messages."""

    def __init__(self, message: str, num_checks: int) -> None:
        self.message, self.num_checks = message, num_checks
        self.is_there = False

    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        self.is_there = self.is_there or message == self.message

    def check(self) -> None:
        if self.is_there and self.num_checks <= 0:
            raise Stopped
        self.num_checks -= self.is_there


@pytest.mark.parametrize("num_checks", range(6))
def test_a_training_that_was_stopped_goes_on_bit_for_bit(
    num_checks: int, run: Run, llava: Path, dataset: Path, full: Taught, tmp_path: Path
) -> None:
    """Within the captions, between them and the questions, and within those."""
    progress = StopsAfter("Training", num_checks)
    with pytest.raises(Stopped):
        run(llava, state=tmp_path, dataset=dataset, progress=progress, **FULL)
    saved = checkpoints.list_checkpoints(tmp_path / "checkpoints")[-1]
    assert 2 <= checkpoints.read_facts(saved)["step"] < 9
    resumed = run(llava, state=tmp_path, dataset=dataset, **FULL)
    assert resumed.weights.read_bytes() == full.weights.read_bytes()
    assert resumed.result == full.result
    log = "training.jsonl"
    assert (resumed.out / log).read_bytes() == (full.out / log).read_bytes()


def test_looking_at_what_is_to_be_learnt_goes_on_where_it_was(
    run: Run, llava: Path, dataset: Path, full: Taught, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(captions, "_SAVE_EVERY", 2)
    progress = StopsAfter("Reading captions", 0)
    with pytest.raises(Stopped):
        run(llava, state=tmp_path, dataset=dataset, progress=progress, **FULL)
    seen = []
    take = captions._take

    def note(*arguments: Any) -> None:
        seen.append(arguments[2]["key"])
        take(*arguments)

    monkeypatch.setattr(captions, "_take", note)
    resumed = run(llava, state=tmp_path, dataset=dataset, **FULL)
    assert len(seen) == 2
    assert resumed.weights.read_bytes() == full.weights.read_bytes()


KILLED: dict[str, Any] = {
    "max_steps": 10, "caption_steps": 4, "batch_size": 4, "learning_rate": 1e-3,
    "checkpoint_every": 2, "evaluate_every": 3, "held_out": 0.2,
}  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "fields",
    [
        {"ema_decay": 0.9, "trained": "all"},
        {"method": "lora", "lora_rank": 2, "lora_dropout": 0.2, "accumulation": 2},
        {"packing": True},
    ],
    ids=["full", "lora in parts", "packed"],
)
def test_a_training_that_was_killed_goes_on_bit_for_bit(
    fields: dict[str, Any], run: Run, llava: Path, quiz: Path, dataset: Path, tmp_path: Path
) -> None:
    whole = run(llava, dataset=dataset, **KILLED | fields)
    state, chance = tmp_path / "state", killed.draw()
    for name in ("state", "out"):
        (tmp_path / name).mkdir()
    paths = {
        "base": llava, "quiz": quiz, "dataset": dataset, "out_dir": tmp_path / "out",
        "state_dir": state,
    }  # fmt: skip
    after = state / "checkpoints" / f"step-{2 * chance.randint(1, 5):08d}"
    killed.run("ml.instructing.run:instruct", whole.spec, paths, after=after, chance=chance)
    resumed = run(llava, state=state, dataset=dataset, **KILLED | fields)
    assert resumed.weights.read_bytes() == whole.weights.read_bytes()
    log = "training.jsonl"
    assert (resumed.out / log).read_bytes() == (whole.out / log).read_bytes()
    assert resumed.result == whole.result


def test_a_training_that_was_done_is_only_written_again(
    run: Run, llava: Path, dataset: Path, full: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "train", None)
    again = run(llava, state=full.state, dataset=dataset, **FULL)
    assert again.result == full.result


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_compute_what_one_does_in_two_parts(run: Run, llava: Path) -> None:
    """Bit for bit where two parts make a step; a part without pictures goes past what sees."""
    fields: dict[str, Any] = {"max_steps": 4, "batch_size": 2, "trained": "all", "ema_decay": 0.9}
    two = run(llava, num_processes=2, **fields)
    one = run(llava, accumulation=2, **fields)
    assert two.result["conditions"]["processes"] == 2
    assert two.weights.read_bytes() == one.weights.read_bytes()
    assert two.result["loss_curve"] == one.result["loss_curve"]
    assert two.result["held_out_curve"] == one.result["held_out_curve"]
