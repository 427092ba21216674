import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.loading import weights
from sandbox import train
from sandbox.models import pipeline

Trained = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    folder = tmp_path_factory.mktemp("trained")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    metrics = train.train(folder, sizes=train.SMALL, seed=1)
    yield folder, metrics
    torch.set_num_threads(before)


def test_it_makes_a_pipeline_a_judge_and_their_figures(trained: Trained) -> None:
    folder, metrics = trained

    assert weights.check(folder / "base").family == "sdxl"
    assert (folder / "judge" / "model.safetensors").is_file()
    assert json.loads((folder / "metrics.json").read_text()) == metrics


def test_every_figure_stands_with_its_interval_and_count(trained: Trained) -> None:
    _, metrics = trained

    for scope in ("global", "regional"):
        found = metrics["base"][scope]
        assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1
        assert found["num_answers"] >= 12
    assert set(metrics["judge"]) == {"drawings", "decoded", "failed"}
    assert metrics["judge"]["drawings"]["background"] > 0.5
    assert metrics["sizes"]["pool"]["num_pictures"] == 200


def test_size_counts_what_lies_there(trained: Trained) -> None:
    folder, metrics = trained
    size = sum(path.stat().st_size for path in (folder / "base").rglob("*") if path.is_file())

    assert metrics["size_bytes"]["base"] == size


def test_what_was_made_can_be_used(trained: Trained) -> None:
    folder, _ = trained
    pipe = pipeline.load(folder / "base")

    assert pipe.vae.config.scaling_factor != 1.0
    assert train.load_judge(folder / "judge").config.side == 64


@pytest.mark.parametrize("failing", ["make_base", "measure"])
def test_a_training_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    for name in ("base", "judge"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_text(f"old {name}")
    (tmp_path / "metrics.json").write_text("{}")
    before = read_all(tmp_path)

    def leave(folder: Path, *_: object, **__: object) -> list[float]:
        folder.mkdir()
        (folder / "model.safetensors").write_text("half a ")
        return [0.5]

    def fill_up(folder: Path, *_: object, **__: object) -> None:
        (folder / "half.bin").parent.mkdir(exist_ok=True)
        (folder / "half.bin").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train, "make_autoencoder", lambda *_, **__: (None, [0.5]))
    for name in ("make_judge", "make_base"):
        monkeypatch.setattr(train, name, leave)
    monkeypatch.setattr(train, failing, fill_up)
    with pytest.raises(OSError, match="No space left"):
        train.train(tmp_path, sizes=train.SMALL)
    assert read_all(tmp_path) == before


def test_what_is_made_anew_takes_the_place_of_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(folder: Path, *_: object, **__: object) -> list[float]:
        folder.mkdir()
        (folder / "new.safetensors").write_text("new")
        return [0.5]

    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "old.safetensors").write_text("old")
    (tmp_path / "notes.txt").write_text("of somebody else")
    monkeypatch.setattr(train, "make_autoencoder", lambda *_, **__: (None, [0.5]))
    for name in ("make_judge", "make_base"):
        monkeypatch.setattr(train, name, make)
    monkeypatch.setattr(train, "measure", lambda *_, **__: {"judge": {}})
    train.train(tmp_path, sizes=train.SMALL)
    assert sorted(read_all(tmp_path)) == [
        "base/new.safetensors", "judge/new.safetensors", "metrics.json", "notes.txt",
    ]  # fmt: skip


def read_all(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
