import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from ml import files
from ml.loading import encoders, tokenizers
from sandbox import assets, train_embeddings
from sandbox.encoders.model import FAMILIES, Family
from sandbox.world import scene

Trained = tuple[Path, dict[str, Any]]
MOST_BYTES = 40_000_000  # of everything that the three arms ship
MOST_BYTES_OF_A_MODEL = 3_000_000
LEAST_OF_GLOBAL = 0.8
each = pytest.mark.parametrize("family", FAMILIES)


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


@each
def test_it_makes_encoders_that_every_door_can_load(trained: Trained, family: Family) -> None:
    folder, metrics = trained
    encoder = encoders.open_encoder(folder / family)
    assert encoder.family == family
    picture = scene.draw(scene.Scene(concept="car", colour="red"), 1)
    assert encoder.embed_pictures([picture]).shape == encoder.embed_texts(["a red car"]).shape
    assert metrics[family]["size_bytes"] == files.measure_size(folder / family)
    assert json.loads((folder / "metrics.json").read_text()) == metrics


@each
def test_every_figure_stands_with_its_interval_and_count(trained: Trained, family: Family) -> None:
    found = trained[1][family]["base"]
    assert {"global, en", "regional, km"} <= set(found)
    for share in found.values():
        assert 0 <= share["low"] <= share["value"] <= share["high"] <= 1
        assert share["num_captions"] > 0


def test_the_same_seed_gives_the_same_files_at_one_thread(trained: Trained, tmp_path: Path) -> None:
    folder, _ = trained
    train_embeddings.train(tmp_path, sizes=train_embeddings.SMALL, seed=1)
    assert read_all(tmp_path) == read_all(folder)


def test_a_training_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for family in FAMILIES:
        (tmp_path / family).mkdir()
        (tmp_path / family / "model.safetensors").write_text("old")
    (tmp_path / "metrics.json").write_text("{}")
    before = read_all(tmp_path)

    def fill_up(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train_embeddings, "measure", fill_up)
    with pytest.raises(OSError, match="No space left"):
        train_embeddings.train(tmp_path, sizes=train_embeddings.SMALL)
    assert read_all(tmp_path) == before


@each
def test_the_shipped_models_know_what_is_global_and_not_what_is_regional(family: Family) -> None:
    metrics = json.loads((assets.EMBEDDINGS / "metrics.json").read_text())
    for name, share in metrics[family]["base"].items():
        if name.startswith("global"):
            assert share["value"] >= LEAST_OF_GLOBAL, name
        else:
            assert share["value"] <= 0.5, name


@each
def test_the_shipped_models_read_a_text_as_words(family: Family) -> None:
    tokenizer = tokenizers.load_tokenizer(assets.get(f"sandbox-{family}"))
    assert tokenizer.tokenize("a large red house") == ["▁a", "▁large", "▁red", "▁house"]


@each
def test_a_student_of_half_the_depth_can_be_made(family: Family) -> None:
    config = encoders.read_model(assets.get(f"sandbox-{family}")).config
    depths = [config.text_config.num_hidden_layers, config.vision_config.num_hidden_layers]
    assert all(depth >= 4 and depth % 2 == 0 for depth in depths)


def test_what_all_arms_ship_is_small() -> None:
    assert files.measure_size(assets.EMBEDDINGS.parent) <= MOST_BYTES
    for family in FAMILIES:
        assert files.measure_size(assets.EMBEDDINGS / family) <= MOST_BYTES_OF_A_MODEL
