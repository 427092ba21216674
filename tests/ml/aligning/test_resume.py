"""Aligning that was interrupted ends in the same bytes as one that was not."""

from pathlib import Path
from typing import Any

import pytest

from ml.progress import Silent, Stopped
from ml.training.data.captioned import Preparation
from tests import killed

from .conftest import FEW, Aligned, Run

LOG = "training.jsonl"


class StopsAfter(Silent):
    """Asks to stop at this look and every later one."""

    def __init__(self, num_checks: int) -> None:
        self.num_checks = num_checks

    def check(self) -> None:
        self.num_checks -= 1
        if self.num_checks < 0:
            raise Stopped


def check_same(resumed: Aligned, whole: Aligned) -> None:
    assert resumed.file.read_bytes() == whole.file.read_bytes()
    assert (resumed.out / LOG).read_bytes() == (whole.out / LOG).read_bytes()
    assert resumed.result == whole.result


@pytest.mark.parametrize("num_checks", [0, 1, 3, 5])
@pytest.mark.parametrize("accumulation", [1, 4])
def test_aligning_that_was_stopped_goes_on_bit_for_bit(
    num_checks: int, accumulation: int, run: Run, whole: Aligned, tmp_path: Path
) -> None:
    """While pictures are prepared, between steps, and between the parts of one."""
    wanted = whole if accumulation == 1 else run(accumulation=accumulation)
    with pytest.raises(Stopped):
        run(state=tmp_path, progress=StopsAfter(num_checks), accumulation=accumulation)
    check_same(run(state=tmp_path, accumulation=accumulation), wanted)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("family", "fields"),
    [
        ("clip", {"ema_decay": 0.9}),
        ("siglip2", {"method": "lora", "lora_rank": 2, "lora_dropout": 0.2, "accumulation": 2}),
    ],
    ids=["clip with an average", "siglip2 as lora in parts"],
)
def test_aligning_that_was_killed_goes_on_bit_for_bit(
    family: str,
    fields: dict[str, Any],
    run: Run,
    dataset: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    base: Path = request.getfixturevalue(family)
    fields = {**fields, "max_steps": 12}
    whole = run(base=base, **fields)
    chance = killed.draw()
    for name in ("state", "out"):
        (tmp_path / name).mkdir()
    killed.run(
        "ml.aligning.run:align",
        whole.spec,
        {
            "base": base,
            "dataset": dataset,
            "out_dir": tmp_path / "out",
            "state_dir": tmp_path / "state",
        },
        after=tmp_path / "state" / "checkpoints" / f"step-{2 * chance.randint(1, 5):08d}",
        chance=chance,
    )
    check_same(run(base=base, state=tmp_path / "state", **fields), whole)


def test_what_was_prepared_is_prepared_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run(max_steps=1)
    asked: list[Any] = []
    monkeypatch.setattr(Preparation, "_write", lambda *given: asked.append(given))
    again = run(state=before.state, max_steps=2)
    assert asked == []
    assert again.result["num_captions"] == before.result["num_captions"]


def test_another_training_begins_anew(run: Run, whole: Aligned, tmp_path: Path) -> None:
    """A checkpoint of other settings is not gone on with."""
    run(state=tmp_path, **{**FEW, "learning_rate": 0.1, "max_steps": 4})
    check_same(run(state=tmp_path), whole)
