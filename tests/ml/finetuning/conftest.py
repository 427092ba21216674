"""Tiny pipelines, a small data set with several shapes, and one training that tests look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.finetuning.run import finetune
from ml.importing.dataset import import_dataset
from ml.progress import Progress, Silent
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.model.model_finetune import ModelFinetune
from tests import pictures, tiny_models

SHAPES = ((32, 32), (48, 32), (32, 64))
LONG = "a caption so long that its end is not seen " * 3


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass(frozen=True)
class Tuned:
    spec: ModelFinetune
    result: dict[str, Any]
    out: Path
    state: Path

    @property
    def unet(self) -> Path:
        return self.out / "model" / "unet" / "diffusion_pytorch_model.safetensors"


def write_dataset(folder: Path, captions: list[str], sizes: tuple[tuple[int, int], ...]) -> Path:
    source = folder / "source"
    source.mkdir(parents=True)
    for number, caption in enumerate(captions):
        width, height = sizes[number % len(sizes)]
        (source / f"{number:03d}.png").write_bytes(pictures.png(width, height, seed=number))
        (source / f"{number:03d}.txt").write_text(caption, "utf-8")
    spec = DatasetImport(name="Small", source="source", licence="CC0-1.0")
    out = folder / "dataset"
    state = folder / "state"
    import_dataset(spec, out_dir=out, state_dir=state, progress=Silent(), path=str(source))
    return out


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures in three shapes, five different captions, one of them too long."""
    captions = [LONG.strip(), *(f"number {number % 4}" for number in range(9))]
    return write_dataset(tmp_path_factory.mktemp("dataset"), captions, SHAPES)


@pytest.fixture(scope="session")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sdxl(tmp_path_factory.mktemp("sdxl") / "world")


@pytest.fixture(scope="session")
def sd15(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sd15") / "world"
    return tiny_models.build_sd15(folder, prediction_type="v_prediction")


Run = Callable[..., Tuned]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, dataset: Path) -> Callable[..., Tuned]:
    """Fine-tune with these fields. Encoded pictures are kept for the next one."""
    cache = tmp_path_factory.mktemp("cache")
    data = dataset

    def tune(
        base: Path,
        *,
        state: Path | None = None,
        progress: Progress | None = None,
        dataset: Path | None = None,
        **fields: Any,
    ) -> Tuned:
        spec = ModelFinetune(**({"max_steps": 2, "batch_size": 4, "learning_rate": 1e-3} | fields))
        folder = tmp_path_factory.mktemp("tuned")
        out, state = folder / "out", state or folder / "state"
        out.mkdir()
        state.mkdir(exist_ok=True)
        result = finetune(
            spec, base=base, dataset=dataset or data, out_dir=out, state_dir=state,
            progress=progress or Silent(), cache_dir=cache,
        )  # fmt: skip
        return Tuned(spec, result, out, state)

    return tune


FULL: dict[str, Any] = {
    "max_steps": 6,
    "accumulation": 2,
    "ema_decay": 0.9,
    "min_snr_gamma": 5.0,
    "flip": True,
    "checkpoint_every": 2,
    "sample_every": 3,
    "sample_steps": 2,
    "sample_prompts": ("a red house",),
}


@pytest.fixture(scope="session")
def full(run: Run, sdxl: Path) -> Tuned:
    """A full fine-tuning of six steps with all that can be switched on."""
    return run(sdxl, **FULL)
