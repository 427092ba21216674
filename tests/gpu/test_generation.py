"""On a GPU: half precision, compiled denoisers in a sweep, and memory that is free afterwards."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ml.generation.run import generate
from ml.loading import prompts
from ml.loading.prompts import Prompt
from ml.progress import Silent
from specs.kinds.images.images_generate import ImagesGenerate
from tests import tiny_models

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("models")
    return (
        tiny_models.build_sdxl(folder / "base"),
        tiny_models.build_sdxl(folder / "tuned", seed=1),
    )


def run(models: tuple[Path, Path], folder: Path, **changes: Any) -> dict[str, Any]:
    folder.mkdir()
    prompts.write(folder / "p.jsonl", [Prompt(key=f"k{n}", text=f"text {n}") for n in range(3)])
    spec = ImagesGenerate(**({"steps": 4, "betas": (0.0, 0.5, 1.0), "device": "cuda"} | changes))
    result = generate(
        spec, base=models[0], tuned=models[1], prompts=folder / "p.jsonl",
        out_dir=folder / "out", state_dir=folder / "state", progress=Silent(),
    )  # fmt: skip
    lines = (folder / "out" / "outputs.jsonl").read_text("utf-8").splitlines()
    return result | {"rows": [json.loads(line) for line in lines], "out": folder / "out"}


def read(found: dict[str, Any]) -> np.ndarray[Any, Any]:
    pictures = []
    for row in found["rows"]:
        with Image.open(found["out"] / row["file"]) as picture:
            pictures.append(np.asarray(picture).astype(int))
    return np.stack(pictures)


@pytest.mark.parametrize("dtype", ["fp16", "bf16", "fp32"])
def test_every_number_format_makes_pictures_and_says_so(
    models: tuple[Path, Path], tmp_path: Path, dtype: str
) -> None:
    found = run(models, tmp_path / "run", dtype=dtype)
    assert (found["num_images"], found["num_nan"]) == (9, 0)
    assert {(row["device"], row["dtype"]) for row in found["rows"]} == {("cuda", dtype)}


def test_auto_is_fp16_on_a_gpu(models: tuple[Path, Path], tmp_path: Path) -> None:
    assert run(models, tmp_path / "run", device="auto")["dtype"] == "fp16"


def test_noise_is_that_of_a_processor(models: tuple[Path, Path], tmp_path: Path) -> None:
    gpu = read(run(models, tmp_path / "gpu", dtype="fp32"))
    cpu = read(run(models, tmp_path / "cpu", dtype="fp32", device="cpu"))
    assert np.abs(gpu - cpu).mean() < 4


def test_compiled_denoiser_follows_the_sweep(models: tuple[Path, Path], tmp_path: Path) -> None:
    """Weights that change in place are those that a compiled denoiser computes with."""
    plain = read(run(models, tmp_path / "plain", dtype="fp32"))
    compiled = read(run(models, tmp_path / "compiled", dtype="fp32", compile=True))
    assert np.abs(plain - compiled).mean() < 4
    assert np.abs(compiled[:3] - compiled[6:]).mean() > np.abs(plain - compiled).mean()


def test_memory_is_free_afterwards(models: tuple[Path, Path], tmp_path: Path) -> None:
    run(models, tmp_path / "first")
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    run(models, tmp_path / "second")
    assert torch.cuda.memory_allocated() <= before
