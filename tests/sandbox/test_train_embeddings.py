import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.loading import encoders
from sandbox import assets, publishing, train_embeddings
from sandbox.world import scene

Trained = tuple[Path, dict[str, Any]]
MOST_BYTES = 40_000_000  # of everything that the three arms ship
MOST_BYTES_OF_A_MODEL = 3_000_000


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("embeddings")
    return folder, train_embeddings.train(folder, sizes=train_embeddings.SMALL, seed=1)


def read_all(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_makes_a_clip_that_every_door_can_load(trained: Trained) -> None:
    folder, metrics = trained
    encoder = encoders.open_encoder(folder / "clip")
    assert encoder.family == "clip"
    picture = scene.draw(scene.Scene(concept="car", colour="red"), 1)
    assert encoder.embed_pictures([picture]).shape == encoder.embed_texts(["a red car"]).shape
    assert metrics["size_bytes"] == publishing.measure_size(folder / "clip")
    assert json.loads((folder / "metrics.json").read_text()) == metrics


def test_every_figure_stands_with_its_interval_and_count(trained: Trained) -> None:
    found = trained[1]["base"]
    assert {"global, en", "regional, km"} <= set(found)
    for each in found.values():
        assert 0 <= each["low"] <= each["value"] <= each["high"] <= 1
        assert each["num_captions"] > 0


def test_the_same_seed_gives_the_same_files_at_one_thread(trained: Trained, tmp_path: Path) -> None:
    folder, _ = trained
    train_embeddings.train(tmp_path, sizes=train_embeddings.SMALL, seed=1)
    assert read_all(tmp_path) == read_all(folder)


def test_a_training_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "model.safetensors").write_text("old")
    (tmp_path / "metrics.json").write_text("{}")
    before = read_all(tmp_path)

    def fill_up(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train_embeddings, "measure", fill_up)
    with pytest.raises(OSError, match="No space left"):
        train_embeddings.train(tmp_path, sizes=train_embeddings.SMALL)
    assert read_all(tmp_path) == before


def test_the_shipped_model_knows_what_is_global_and_not_what_is_regional() -> None:
    metrics = json.loads((assets.EMBEDDINGS / "metrics.json").read_text())
    for name, each in metrics["base"].items():
        if name.startswith("global"):
            assert each["value"] >= 0.85, name
        else:
            assert each["value"] <= 0.5, name


def test_a_student_of_half_the_depth_can_be_made() -> None:
    config = encoders.read_model(assets.get("sandbox-clip")).config
    depths = [config.text_config.num_hidden_layers, config.vision_config.num_hidden_layers]
    assert all(depth >= 4 and depth % 2 == 0 for depth in depths)


def test_what_all_arms_ship_is_small() -> None:
    assert publishing.measure_size(assets.EMBEDDINGS.parent) <= MOST_BYTES
    assert publishing.measure_size(assets.EMBEDDINGS) <= MOST_BYTES_OF_A_MODEL
