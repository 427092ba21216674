"""Tiny encoders, a data set with captions in three languages, and aligning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from ml.aligning.run import align
from ml.progress import Progress, Silent
from specs.kinds.model.model_align import ModelAlign
from tests import tiny_encoders
from tests.captioned import write_translated

NUM_PICTURES = 9
FEW: Mapping[str, Any] = {
    "max_steps": 6, "batch_size": 8, "learning_rate": 1e-3, "checkpoint_every": 2, "held_out": 0.25,
    "evaluate_every": 3, "seed": 3,
}  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_clip(tmp_path_factory.mktemp("bases") / "clip")


@pytest.fixture(scope="session")
def siglip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_siglip(tmp_path_factory.mktemp("bases") / "siglip")


@pytest.fixture(scope="session")
def siglip2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_siglip2(tmp_path_factory.mktemp("bases") / "siglip2")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """18 captions."""
    return write_translated(tmp_path_factory.mktemp("data"), NUM_PICTURES)


@dataclass(frozen=True)
class Aligned:
    spec: ModelAlign
    result: dict[str, Any]
    out: Path
    state: Path

    @property
    def file(self) -> Path:
        return self.out / "model" / "model.safetensors"

    @property
    def weights(self) -> dict[str, Tensor]:
        return load_file(self.file)


Run = Callable[..., Aligned]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, clip: Path, dataset: Path) -> Run:
    def call(
        *,
        base: Path = clip,
        data: Path = dataset,
        state: Path | None = None,
        progress: Progress | None = None,
        **settings: Any,
    ) -> Aligned:
        folder = tmp_path_factory.mktemp("aligned")
        out, state = folder / "out", state or folder / "state"
        out.mkdir()
        state.mkdir(exist_ok=True)
        spec = ModelAlign.model_validate({**FEW, **settings})
        result = align(
            spec, base=base, dataset=data, out_dir=out, state_dir=state,
            progress=progress or Silent(),
        )  # fmt: skip
        return Aligned(spec, result, out, state)

    return call


@pytest.fixture(scope="session")
def whole(run: Run) -> Aligned:
    """A run that was never interrupted."""
    return run()
