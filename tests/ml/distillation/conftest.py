"""A tiny teacher, a data set with captions in three languages, and distilling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from ml.distillation.run import distill
from ml.progress import Progress, Silent
from specs.kinds.model.model_distill import ModelDistill
from tests import tiny_encoders
from tests.captioned import write_translated

NUM_PICTURES = 7
FEW: Mapping[str, Any] = {
    "max_steps": 6, "batch_size": 4, "learning_rate": 1e-3, "checkpoint_every": 2,
    "formulations": ["fd", {"method": "dr", "queue_size": 16}], "seed": 3,
}  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_clip(tmp_path_factory.mktemp("teachers") / "clip")


@pytest.fixture(scope="session")
def siglip2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_siglip2(tmp_path_factory.mktemp("teachers") / "siglip2")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_translated(tmp_path_factory.mktemp("data"), NUM_PICTURES)


@dataclass(frozen=True)
class Distilled:
    spec: ModelDistill
    result: dict[str, Any]
    out: Path
    state: Path

    @property
    def weights(self) -> dict[str, Tensor]:
        return load_file(self.out / "model" / "model.safetensors")


Run = Callable[..., Distilled]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, clip: Path, dataset: Path) -> Run:
    def call(
        *,
        teacher: Path = clip,
        data: Path = dataset,
        state: Path | None = None,
        material: Path | None = None,
        progress: Progress | None = None,
        **settings: Any,
    ) -> Distilled:
        folder = tmp_path_factory.mktemp("distilled")
        out, state = folder / "out", state or folder / "state"
        out.mkdir()
        state.mkdir(exist_ok=True)
        spec = ModelDistill.model_validate({**FEW, **settings, "material": str(material or "")})
        result = distill(
            spec, teacher=teacher, dataset=data, material=material, out_dir=out, state_dir=state,
            progress=progress or Silent(),
        )  # fmt: skip
        return Distilled(spec, result, out, state)

    return call


@pytest.fixture(scope="session")
def whole(run: Run) -> Distilled:
    """A run that was never interrupted."""
    return run()
