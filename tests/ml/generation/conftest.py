import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from ml import devices
from ml.devices import Computing
from ml.generation import run
from ml.loading import pipelines, prompts
from ml.loading.prompts import Prompt
from ml.merging.run import merge
from ml.progress import Progress, Silent
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_merge import ModelMerge
from tests import tiny_models

CPU = Computing("cpu", "fp32", 1)
QUICK: dict[str, Any] = {"steps": 2, "threads": 1, "sheet_prompts": 0}


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    with devices.limited_threads(1):
        yield


@pytest.fixture(scope="session")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sdxl(tmp_path_factory.mktemp("base") / "sdxl")


@pytest.fixture(scope="session")
def sd15(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sd15(tmp_path_factory.mktemp("base") / "sd15")


@pytest.fixture(scope="session")
def tuned(sdxl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base with a UNet that was moved a little, in all its weights."""
    pipeline = pipelines.load_pipeline(sdxl, CPU)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in pipeline.unet.parameters():
            weight.add_(torch.randn(weight.shape, generator=generator), alpha=0.2)
    folder = tmp_path_factory.mktemp("tuned") / "sdxl"
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture
def merged(
    sdxl: Path, tuned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """A merge that was written."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def write(beta: float, base: Path = sdxl, other: Path = tuned) -> Path:
        merge(
            ModelMerge(betas=(beta,)),
            base=base,
            tuned=other,
            out_dir=tmp_path / "merged",
            state_dir=tmp_path / "state",
            progress=Silent(),
        )
        return tmp_path / "merged" / f"beta-{beta:g}"

    return write


@dataclass
class Made:
    out: Path
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> list[dict[str, Any]]:
        lines = (self.out / "outputs.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def read(self, variant: str = "model") -> dict[tuple[str, int], bytes]:
        return {
            (row["prompt_key"], row["seed"]): (self.out / row["file"]).read_bytes()
            for row in self.rows
            if row["variant"] == variant
        }

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.out.rglob("*")) if path.is_file()
        }  # fmt: skip


Make = Callable[..., Made]


@pytest.fixture
def make(tmp_path: Path, sdxl: Path) -> Make:
    """Generate, in a folder of its own for each `name`."""

    def generate(
        texts: list[str] | list[Prompt],
        *,
        name: str = "run",
        base: Path = sdxl,
        other: Path | None = None,
        progress: Progress | None = None,
        **changes: Any,
    ) -> Made:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        asked = [
            each if isinstance(each, Prompt) else Prompt(key=f"k{number}", text=each)
            for number, each in enumerate(texts)
        ]
        prompts.write(folder / "prompts.jsonl", asked)
        made = Made(folder / "out")
        made.result = run.generate(
            ImagesGenerate(**(QUICK | changes)),
            base=base,
            tuned=other,
            prompts=folder / "prompts.jsonl",
            out_dir=made.out,
            state_dir=folder / "state",
            progress=progress or Silent(),
        )
        return made

    return generate
