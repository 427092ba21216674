import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from ml.merging.run import merge
from ml.progress import Silent
from specs.kinds.model.model_merge import ModelMerge

Tensors = Mapping[str, torch.Tensor]
Merge = Callable[..., dict[str, Any]]
Write = Callable[[str, Tensors], Path]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where digests are remembered: nothing of this machine's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ggez" / "digests.json"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A plain folder with one file and nothing else."""

    def make(name: str, tensors: Tensors) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        save_file(dict(tensors), folder / "weights.safetensors")
        return folder

    return make


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def run(tmp_path: Path, out: Path) -> Merge:
    """Merge two paths; keywords are fields of the specification."""

    def call(base: Path, tuned: Path, /, **fields: Any) -> dict[str, Any]:
        return merge(
            ModelMerge(**fields),
            base=base,
            tuned=tuned,
            out_dir=out,
            state_dir=tmp_path / "state",
            progress=Silent(),
        )

    return call


def read(folder: Path, name: str = "weights.safetensors") -> dict[str, torch.Tensor]:
    return load_file(folder / name)


def read_bytes(tensor: torch.Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def write_shards(folder: Path, stem: str, shards: list[Tensors]) -> Path:
    """As the libraries do: x-00001-of-00002.safetensors and an index."""
    folder.mkdir(parents=True, exist_ok=True)
    weight_map = {}
    for number, tensors in enumerate(shards, 1):
        name = f"{stem}-{number:05d}-of-{len(shards):05d}.safetensors"
        save_file(dict(tensors), folder / name, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(tensors, name)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / f"{stem}.safetensors.index.json").write_text(json.dumps(index))
    return folder
