import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from ml.devices import Computing
from ml.loading.families import registry
from ml.loading.speaking.turns import Turn
from sandbox import train_answers
from sandbox.llava import speaking
from sandbox.llava.lessons import Lesson
from sandbox.llava.speaking import Pictures
from sandbox.models.pictures import to_pixels
from sandbox.world import scene

Trained = tuple[Path, dict[str, Any]]


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("answers")
    return folder, train_answers.train(folder, sizes=train_answers.SMALL, seed=1)


def read_all(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_makes_a_llava_that_every_door_can_load(trained: Trained) -> None:
    folder, metrics = trained
    speaker = registry.load(folder / "base", Computing("cpu", "fp32", 1))

    assert type(speaker.model).__name__ == "LlavaForConditionalGeneration"
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    size = sum(path.stat().st_size for path in (folder / "base").rglob("*") if path.is_file())
    assert metrics["size_bytes"] == size


def test_every_figure_stands_with_its_interval_and_count(trained: Trained) -> None:
    _, metrics = trained

    assert {"global, thing", "regional, thing", "regional, fact of what is named, read"} <= set(
        metrics["base"]
    )
    for found in metrics["base"].values():
        assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1
        assert found["num_answers"] > 0


def test_the_same_seed_gives_the_same_files_at_one_thread(trained: Trained, tmp_path: Path) -> None:
    folder, _ = trained
    train_answers.train(tmp_path, sizes=train_answers.SMALL, seed=1)
    assert read_all(tmp_path) == read_all(folder)


def test_lessons_have_the_tokens_that_the_model_is_asked_with(trained: Trained) -> None:
    folder, _ = trained
    speaker = registry.load(folder / "base", Computing("cpu", "fp32", 1))
    picture = scene.draw(scene.Scene(concept="car", colour="red"), 1)
    asked = speaker.encode_turn(Turn(text="What is in the picture?", picture=picture))
    lesson = Lesson(picture=0, text="What is in the picture?", answer="car", kind="")
    pictures = Pictures([], torch.zeros(1, 16, 32))
    batch = speaking.stack(speaker, pictures, [lesson])
    length = len(asked)
    assert batch.input_ids[0, :length].tolist() == asked.sequences["input_ids"].tolist()
    assert set(batch.labels[0, :length].tolist()) == {-100}
    assert speaker.decode([batch.input_ids[0, length:].tolist()]) == ["car"]


def test_what_is_learned_is_what_the_whole_class_computes(trained: Trained) -> None:
    folder, _ = trained
    speaker = registry.load(folder / "base", Computing("cpu", "fp32", 1))
    drawing = scene.Scene(concept="car", colour="red")
    picture: Image.Image = scene.draw(drawing, 1)
    asked = speaker.encode([Turn(text="What is it?", picture=picture)])
    whole = speaker.model(**asked).logits[0, -1]
    pixels = to_pixels([picture])
    pictures = Pictures.look(speaker.model, [drawing], pixels)
    lesson = Lesson(picture=0, text="What is it?", answer="car", kind="")
    batch = speaking.stack(speaker, pictures, [lesson])
    states = speaking.read(speaker.model, batch)
    ours = speaker.model.lm_head(states)[0, asked["input_ids"].shape[1] - 1]
    assert torch.allclose(whole, ours, atol=1e-4)


def test_a_training_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "model.safetensors").write_text("old")
    (tmp_path / "metrics.json").write_text("{}")
    before = read_all(tmp_path)

    def fill_up(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train_answers, "measure", fill_up)
    with pytest.raises(OSError, match="No space left"):
        train_answers.train(tmp_path, sizes=train_answers.SMALL)
    assert read_all(tmp_path) == before
