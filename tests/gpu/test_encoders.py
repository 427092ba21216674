"""On a GPU: vectors are those of a processor, and aligning and distilling learn what they learn
there, in half precision, with cached gradients, and after an interruption.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ml.aligning.run import align
from ml.distillation.run import distill
from ml.loading import encoders
from ml.progress import Progress, Silent, Stopped
from specs.kinds.model.model_align import ModelAlign
from specs.kinds.model.model_distill import ModelDistill
from tests import pictures, tiny_encoders
from tests.captioned import write_translated

DEVICE = "cuda"
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]
BUILDERS = {
    "clip": tiny_encoders.build_clip,
    "siglip": tiny_encoders.build_siglip,
    "siglip2": tiny_encoders.build_siglip2,
}
STEPS = 6
FEW: dict[str, Any] = {"max_steps": STEPS, "batch_size": 8, "learning_rate": 1e-3, "seed": 3}


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    root = tmp_path_factory.mktemp("encoders")

    def call(family: str) -> Path:
        folder = root / family
        return folder if folder.exists() else BUILDERS[family](folder)

    return call


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_translated(tmp_path_factory.mktemp("data"), 12)


@pytest.mark.parametrize("family", BUILDERS)
def test_vectors_are_those_of_a_processor(family: str, find: Callable[[str], Path]) -> None:
    """In fp16, whose numbers have three digits, though batches are others."""
    texts = [f"plate {number} of rice" for number in range(5)]
    found = []
    for device, batch_size in ((DEVICE, 2), ("cpu", 5)):
        encoder = encoders.open_encoder(find(family), device=device, batch_size=batch_size)
        assert {each.device.type for each in encoder.model.parameters()} == {device}
        seen = [encoder.prepare(pictures.draw(seed=number)) for number in range(5)]
        found.append(np.concatenate([encoder.embed_pixels(seen), encoder.embed_texts(texts)]))
    ours, theirs = found
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-3)
    assert (ours * theirs).sum(axis=1).min() > 0.999
    # Things stay as far apart as they are.
    assert np.abs(ours @ ours.T - theirs @ theirs.T).max() < 0.01


@dataclass(frozen=True)
class Learnt:
    result: dict[str, Any]
    folder: Path

    @property
    def losses(self) -> dict[int, float]:
        lines = (self.folder / "training.jsonl").read_text("utf-8").splitlines()
        return {row["step"]: row["loss"] for row in map(json.loads, lines) if "loss" in row}

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        return load_file(self.folder / "model" / "model.safetensors")


Learn = Callable[..., Learnt]


@pytest.fixture
def learn(dataset: Path, find: Callable[[str], Path], tmp_path: Path) -> Learn:
    """Aligns, or distils where formulations are named. `name` is the folder it goes on in."""

    def call(
        name: str, *, family: str = "clip", progress: Progress | None = None, **fields: Any
    ) -> Learnt:
        out, state = (tmp_path / name / each for each in ("out", "state"))
        for folder in (out, state):
            folder.mkdir(parents=True, exist_ok=True)
        folders: dict[str, Any] = {"dataset": dataset, "out_dir": out, "state_dir": state}
        heard = progress or Silent()
        if "formulations" in fields:
            taught = ModelDistill.model_validate(FEW | fields)
            result = distill(taught, teacher=find(family), progress=heard, **folders)
        else:
            aligned = ModelAlign.model_validate({**FEW, "held_out": 0.2, **fields})
            result = align(aligned, base=find(family), progress=heard, **folders)
        return Learnt(result, out)

    return call


WAYS: dict[str, dict[str, Any]] = {
    "aligning a CLIP": {"family": "clip"},
    "aligning a SigLIP2": {"family": "siglip2"},
    "aligning by LoRA": {"method": "lora", "lora_rank": 2},
    "distilling by FD": {"formulations": ["fd"]},
    "distilling by DR": {"formulations": ["dr"]},
}


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
@pytest.mark.parametrize("way", WAYS)
def test_losses_are_those_of_a_processor(
    way: str, precision: str, learn: Learn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With gradients cached, whatever the precision; a teacher is asked in fp16. Until its scale of
    the loss fits, fp16 leaves steps out, so that the first loss alone can be compared.
    """
    ours = learn("ours", precision=precision, accumulation=4, **WAYS[way])
    assert (ours.result["conditions"]["device"], ours.result["steps"]) == (DEVICE, STEPS)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    theirs = learn("theirs", **WAYS[way])
    assert theirs.result["conditions"]["device"] == "cpu"
    assert all(map(math.isfinite, ours.losses.values()))
    for step in range(1, 2 if precision == "fp16" else STEPS + 1):
        assert ours.losses[step] == pytest.approx(theirs.losses[step], rel=0.05)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_stopped_goes_on_and_learns_the_same(way: str, learn: Learn) -> None:
    """Halfway. Not to the bit, as additions have no order on a GPU."""

    class StopsAfter(Silent):
        def __init__(self, most: float) -> None:
            self.num, self.most = 0, most

        def check(self) -> None:
            self.num += 1
            if self.num > self.most:
                raise Stopped

    fields = {"precision": "bf16", "accumulation": 4, "checkpoint_every": 1, **WAYS[way]}
    counted = StopsAfter(math.inf)
    whole = learn("whole", progress=counted, **fields)
    stopping = StopsAfter(counted.num // 2)
    with pytest.raises(Stopped):
        learn("stopped", progress=stopping, **fields)
    going_on = StopsAfter(math.inf)
    resumed = learn("stopped", progress=going_on, **fields)
    assert going_on.num < counted.num
    assert list(resumed.losses) == list(range(1, STEPS + 1))
    assert resumed.losses == pytest.approx(whole.losses, rel=0.02)
    assert resumed.weights.keys() == whole.weights.keys()


def test_memory_is_free_afterwards(learn: Learn) -> None:
    learn("first")
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    learn("second")
    learn("third", formulations=["dr"])
    assert torch.cuda.memory_allocated() <= before + 2**20
