"""Distilling that was killed ends in the same bytes as distilling that was not."""

from pathlib import Path
from typing import Any

import pytest

from tests import killed

from .conftest import Run


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "fields",
    [
        {"ema_decay": 0.9},
        {"start": "fresh", "accumulation": 2, "formulations": ["mcl", "sd"]},
    ],
    ids=["queues and an average", "fresh, in parts"],
)
def test_distilling_that_was_killed_goes_on_bit_for_bit(
    fields: dict[str, Any], run: Run, clip: Path, dataset: Path, tmp_path: Path
) -> None:
    fields = {**fields, "max_steps": 12}
    whole = run(**fields)
    chance = killed.draw()
    for name in ("state", "out"):
        (tmp_path / name).mkdir()
    killed.run(
        "ml.distillation.run:distill",
        whole.spec,
        {
            "teacher": clip,
            "dataset": dataset,
            "material": None,
            "out_dir": tmp_path / "out",
            "state_dir": tmp_path / "state",
        },
        after=tmp_path / "state" / "checkpoints" / f"step-{2 * chance.randint(1, 5):08d}",
        chance=chance,
    )
    resumed = run(state=tmp_path / "state", **fields)
    file, log = Path("model", "model.safetensors"), "training.jsonl"
    assert (resumed.out / file).read_bytes() == (whole.out / file).read_bytes()
    assert (resumed.out / log).read_bytes() == (whole.out / log).read_bytes()
    assert resumed.result == whole.result
