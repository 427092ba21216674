"""model.distill from the teacher's folder to the student's."""

import gc
import json
import shutil
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from ml.distillation import material
from ml.loading import encoders
from ml.progress import Silent, Stopped
from ml.training import checkpoints
from ml.training.data import store
from ml.training.data.captioned import Preparation
from ml.training.problems import UnfitForTraining
from specs.distillation.registry import FORMULATIONS
from specs.kinds.model.model_distill import ModelDistill
from tests import pictures
from tests.captioned import write_dataset

from .conftest import FEW, NUM_PICTURES, Distilled, Run


class StopsAfter(Silent):
    """Asks to stop at this look and every later one."""

    def __init__(self, num_checks: int) -> None:
        self.num_checks = num_checks

    def check(self) -> None:
        self.num_checks -= 1
        if self.num_checks < 0:
            raise Stopped


def apart(first: Distilled, second: Distilled) -> float:
    """The largest difference of any weight."""
    wanted = second.weights
    return max(float((each - wanted[name]).abs().max()) for name, each in first.weights.items())


@pytest.mark.parametrize("method", sorted(FORMULATIONS))
def test_every_formulation_teaches(method: str, run: Run, dataset: Path) -> None:
    """Counted from where DR's queues are full: until then there is more to tell apart each time."""
    formulation = {"method": method} | ({"queue_size": 13} if method == "dr" else {})
    done = run(
        formulations=[formulation], max_steps=30, batch_size=NUM_PICTURES, checkpoint_every=100,
        learning_rate=3e-3, schedule="constant",
    )  # fmt: skip
    told = [json.loads(line) for line in (done.out / "training.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in told]
    assert sum(losses[-5:]) < sum(losses[2:7])


def test_the_teacher_is_out_of_memory_before_the_first_step(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[weakref.ref[torch.nn.Module]] = []
    alive = []

    def open_encoder(*args: Any, **named: Any) -> encoders.Encoder:
        found = real(*args, **named)
        opened.append(weakref.ref(found.model))
        return found

    class Looks(Silent):
        def update(self, *args: Any, **named: Any) -> None:
            if named.get("message") == "Training":
                gc.collect()
                alive.append(opened[0]() is not None)

    real = encoders.open_encoder
    monkeypatch.setattr(encoders, "open_encoder", open_encoder)
    run(progress=Looks())
    assert alive
    assert not any(alive)


def test_student_is_an_encoder_of_half_the_depth(whole: Distilled, clip: Path) -> None:
    student = encoders.open_encoder(whole.out / "model")
    assert student.family == "clip"
    assert student.model.config.text_config.num_hidden_layers == 1
    vectors = student.embed_texts(["a plate"]) @ student.embed_pictures([pictures.draw()]).T
    assert vectors.shape == (1, 1)
    assert student.digest == whole.result["digest"]
    assert whole.result["num_parameters"] < whole.result["num_parameters_teacher"]
    assert whole.result["teacher"]["digest"] == encoders.open_encoder(clip).digest


def test_siglip2_teaches_too(run: Run, siglip2: Path) -> None:
    done = run(teacher=siglip2, start="fresh", formulations=["sd"], accumulation=2)
    assert done.result["family"] == "siglip2"
    assert encoders.open_encoder(done.out / "model").embed_texts(["rice"]).shape == (1, 16)


def test_a_student_is_stored_in_its_teacher_s_number_format(
    run: Run, clip: Path, tmp_path: Path
) -> None:
    """Trained in fp32 it is; half the layers in twice the bytes would be no smaller model."""
    halved = shutil.copytree(clip, tmp_path / "halved")
    tensors = load_file(halved / "model.safetensors")
    half = {name: each.half() for name, each in tensors.items() if each.is_floating_point()}
    save_file({**tensors, **half}, halved / "model.safetensors", {"format": "pt"})
    student = run(teacher=halved)
    floats = {each.dtype for each in student.weights.values() if each.is_floating_point()}
    assert floats == {torch.float16}
    assert {each.dtype for each in run().weights.values()} == {torch.float32}


def test_what_was_learnt_from_is_told(whole: Distilled) -> None:
    result = whole.result
    assert result["num_pictures"] == NUM_PICTURES
    assert result["num_captions"] == 3 + 2 * 2 + 2 * 3
    assert result["num_left_out"] == 0
    assert result["languages"] == ["en", "id", "th"]
    assert result["formulations"] == {"fd": 1.0, "dr": 1.0}
    assert result["steps"] == 6
    assert result["is_bit_exact"]
    card = (whole.out / "card.md").read_text("utf-8")
    assert FORMULATIONS["dr"].formula in card
    assert "own definitions" in card


def test_captions_whose_ends_are_not_seen_are_counted(
    run: Run, whole: Distilled, tmp_path: Path
) -> None:
    """The tiny models read 24 tokens of one letter each."""
    rows = [
        {"number": number, "caption": f"plate {number} " * (1 + 8 * (number % 2)), "language": "en"}
        for number in range(5)
    ]
    told = run(data=write_dataset(tmp_path, rows), max_steps=1)
    assert told.result["num_cut_captions"] == 2
    sentence = "2 of 5 captions have more than 24 tokens; the model did not see their ends."
    assert sentence in told.result["notes"]
    assert f"> {sentence}" in (told.out / "card.md").read_text("utf-8")
    assert whole.result["num_cut_captions"] == 0
    assert not any("their ends" in note for note in whole.result["notes"])


@pytest.mark.parametrize("num_checks", [0, 1, 3, 4, 6])
@pytest.mark.parametrize("accumulation", [1, 2])
def test_distilling_that_was_stopped_goes_on_bit_for_bit(
    num_checks: int, accumulation: int, run: Run, whole: Distilled, tmp_path: Path
) -> None:
    """While the teacher is asked, between steps, and between the parts of one; queues included."""
    wanted = whole if accumulation == 1 else run(accumulation=accumulation)
    with pytest.raises(Stopped):
        run(state=tmp_path, progress=StopsAfter(num_checks), accumulation=accumulation)
    resumed = run(state=tmp_path, accumulation=accumulation)
    assert apart(resumed, wanted) == 0
    assert resumed.result == wanted.result


def test_queues_are_in_the_checkpoint(whole: Distilled) -> None:
    latest = checkpoints.list_checkpoints(whole.state / "checkpoints")[-1]
    kept = checkpoints.read_tensors(latest, "kept")
    assert set(kept) == {"dr.pictures", "dr.sentences"}
    assert len(kept["dr.pictures"]) == 16


def test_a_batch_in_parts_teaches_the_same(run: Run, whole: Distilled) -> None:
    assert apart(run(accumulation=4), whole) < 1e-5


def test_the_teacher_is_asked_once_for_everything(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run(max_steps=1)
    asked: list[Any] = []
    monkeypatch.setattr(Preparation, "_write", lambda *given: asked.append(given))
    run(state=before.state, max_steps=2)
    assert asked == []


def test_seed_decides_order_and_fresh_weights(run: Run) -> None:
    first, same, other = (
        run(start="fresh", max_steps=1, seed=seed, checkpoint_every=1) for seed in (1, 1, 2)
    )
    assert apart(first, same) == 0
    assert apart(first, other) > 0.001


def test_average_of_the_weights_is_written_where_it_is_wanted(run: Run, whole: Distilled) -> None:
    assert apart(run(ema_decay=0.5), whole) > 0


def test_empty_and_second_captions_are_left_out_and_counted(clip: Path, tmp_path: Path) -> None:
    data = write_dataset(
        tmp_path,
        [
            {"number": 1, "caption": "rice", "language": "en"},
            {"number": 1, "caption": "cooked rice", "language": "en"},
            {"number": 1, "caption": "nasi", "language": "id"},
            {"number": 2, "caption": "soup", "language": "en"},
        ],
    )
    items, num_left_out = material.find_items(data)
    assert [dict(item.captions) for item in items] == [
        {"en": "rice", "id": "nasi"},
        {"en": "soup"},
    ]
    assert num_left_out == 1


def test_english_control_without_english_is_refused_before_anything_is_computed(
    run: Run, tmp_path: Path
) -> None:
    data = write_dataset(
        tmp_path,
        [
            {"number": 1, "caption": "nasi", "language": "id"},
            {"number": 2, "caption": "soup", "language": "en"},
        ],
    )
    with pytest.raises(UnfitForTraining, match=r"caption in 'en' for every picture; 1 of 2 have"):
        run(data=data, formulations=["ed"], state=tmp_path / "working")
    assert list((tmp_path / "working").iterdir()) == []


def test_english_of_a_country_is_english(run: Run, tmp_path: Path) -> None:
    rows = [
        {"number": number, "caption": f"{language} {number}", "language": language}
        for number, language in ((1, "en-US"), (1, "id"), (2, "en_GB"), (2, "th"))
    ]
    done = run(data=write_dataset(tmp_path, rows), formulations=["ed"], max_steps=1)
    assert done.result["num_captions"] == len(rows)


def test_queue_that_cannot_hold_a_batch_is_refused_before_anything_is_computed(run: Run) -> None:
    dr = {"method": "dr", "queue_size": 9}
    with pytest.raises(UnfitForTraining, match=r"queues of 9 vectors, and a batch of 4 .* 10 cap"):
        run(formulations=[dr])


@pytest.mark.parametrize("num_checks", range(4))
def test_asking_the_teacher_goes_on_where_it_was(
    num_checks: int, clip: Path, dataset: Path, tmp_path: Path
) -> None:
    """Four groups of two pictures, the last of one; after the last there is one more look."""
    teacher = encoders.open_encoder(clip, batch_size=2)
    items = material.find_items(dataset)
    material.build(items, teacher, dataset, tmp_path / "whole", Silent())
    with pytest.raises(Stopped):
        material.build(items, teacher, dataset, tmp_path / "parts", StopsAfter(num_checks))
    material.build(items, teacher, dataset, tmp_path / "parts", Silent())
    whole, parts = (store.open_arrays(tmp_path / name) for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all((parts[name] == each).all() for name, each in whole.items())
    assert len(whole["seen"]) == NUM_PICTURES


def test_formulation_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="'fd' is given twice"):
        ModelDistill.model_validate({**FEW, "formulations": ["fd", "fd"]})


def test_batch_that_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ValidationError, match="cannot be cut into 3 parts"):
        ModelDistill(batch_size=64, accumulation=3)


def test_teacher_keeps_its_weights(run: Run, clip: Path) -> None:
    before = (clip / "model.safetensors").read_bytes()
    run(max_steps=1)
    assert (clip / "model.safetensors").read_bytes() == before
    assert torch.get_num_threads() == 1
