"""On a GPU: half precision, and memory that is free afterwards."""

from pathlib import Path
from typing import Any

import pytest
import torch

from ml.finetuning.run import finetune
from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.model.model_finetune import ModelFinetune
from tests import pictures, tiny_models

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("world")
    source = pictures.write_folder(folder / "source", num_items=8)
    spec = DatasetImport(name="Small", source="source", licence="CC0-1.0")
    import_dataset(
        spec, out_dir=folder / "dataset", state_dir=folder / "state", progress=Silent(),
        path=str(source),
    )  # fmt: skip
    return tiny_models.build_sdxl(folder / "base"), folder / "dataset"


def tune(world: tuple[Path, Path], folder: Path, **fields: Any) -> dict[str, Any]:
    base, dataset = world
    (folder / "out").mkdir()
    (folder / "state").mkdir()
    spec = ModelFinetune(batch_size=4, learning_rate=1e-3, max_steps=12, **fields)
    return finetune(
        spec, base=base, dataset=dataset, out_dir=folder / "out", state_dir=folder / "state",
        progress=Silent(),
    )  # fmt: skip


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
@pytest.mark.parametrize("method", ["full", "lora"])
def test_every_precision_trains(
    precision: str, method: str, world: tuple[Path, Path], tmp_path: Path
) -> None:
    result = tune(
        world, tmp_path, precision=precision, method=method, ema_decay=0.9,
        gradient_checkpointing=True, sample_every=12, sample_steps=2, sample_prompts=("a",),
    )  # fmt: skip
    assert result["conditions"]["device"] == "cuda"
    assert result["steps"] == 12
    assert 0 < result["final_loss"] < 3
    assert len(result["samples"]) == 1


def test_half_precision_stays_close_to_full(world: tuple[Path, Path], tmp_path: Path) -> None:
    losses = {}
    for precision in ("fp32", "bf16", "fp16"):
        folder = tmp_path / precision
        folder.mkdir()
        losses[precision] = tune(world, folder, precision=precision)["final_loss"]
    assert losses["bf16"] == pytest.approx(losses["fp32"], rel=0.05)
    assert losses["fp16"] == pytest.approx(losses["fp32"], rel=0.05)


def test_memory_of_the_gpu_is_free_after_a_training(
    world: tuple[Path, Path], tmp_path: Path
) -> None:
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    tune(world, tmp_path, ema_decay=0.9)
    assert torch.cuda.memory_allocated() <= before + 2**20
