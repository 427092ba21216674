"""What goes wrong is said in a sentence, and leaves nothing half done."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from ml.devices import NoDevice
from ml.instructing.training import Training
from ml.loading.families import llava as family
from ml.loading.problems import UnfitModel, UnfitQuiz
from ml.progress import OutOfMemory
from ml.training import checkpoints
from ml.training.problems import LossNotFinite, UnfitForTraining
from specs.kinds.model.model_instruct import ModelInstruct
from tests import tiny_models

from .conftest import Run, make_item, write_quiz


def test_a_loss_that_is_no_number_stops_at_the_last_good_checkpoint(
    run: Run, llava: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Training.compute_loss

    def spoil(self: Training, batch: Any) -> torch.Tensor:
        return whole(self, batch) * (float("nan") if self.step == 3 else 1.0)

    monkeypatch.setattr(Training, "compute_loss", spoil)
    with pytest.raises(LossNotFinite, match=r"step 4 is not a finite number.*\(it is 0\.001"):
        run(llava, state=tmp_path, max_steps=6, checkpoint_every=2, schedule="constant")
    found = checkpoints.list_checkpoints(tmp_path / "checkpoints")
    assert [path.name for path in found] == ["step-00000002"]


def test_out_of_memory_names_the_batch_and_what_helps(
    run: Run, llava: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(self: Training, batch: Any) -> torch.Tensor:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(Training, "compute_loss", burst)
    with pytest.raises(OutOfMemory) as caught:
        run(llava, batch_size=6, accumulation=2)
    assert str(caught.value) == (
        "The device ran out of memory while training, 3 questions at once. What helps: cut the "
        "batch of 6 into more than 2 parts, turn gradient checkpointing on, train a LoRA, or set a "
        "lower longest question."
    )


def test_a_model_of_another_kind_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnfitModel, match="'world' is no vision-language model"):
        run(tiny_models.build_sdxl(tmp_path / "world"))


def test_a_base_whose_weights_are_no_numbers_is_named(
    run: Run, llava: Path, tmp_path: Path
) -> None:
    base = shutil.copytree(llava, tmp_path / "base")
    tensors = load_file(base / "model.safetensors")
    name = "language_model.model.norm.weight"
    tensors[name].view(-1)[0] = float("inf")
    save_file(tensors, base / "model.safetensors", {"format": "pt"})
    with pytest.raises(UnfitModel, match="holds weights that are NaN or infinite"):
        run(base)


def test_a_picture_that_is_missing_is_found_before_anything_is_learnt(
    run: Run, llava: Path, tmp_path: Path
) -> None:
    quiz = write_quiz(tmp_path / "quiz", [make_item(number) for number in range(8)])
    (quiz / "pictures" / "5.png").unlink()
    state = tmp_path / "state"
    with pytest.raises(UnfitQuiz, match=r"The picture 'pictures/5\.png' of the question 'q5'"):
        run(llava, quiz=quiz, state=state)
    assert not (state / "training.jsonl").exists()


def test_an_empty_quiz_is_refused(run: Run, llava: Path, tmp_path: Path) -> None:
    with pytest.raises(UnfitQuiz, match="'quiz' holds no questions"):
        run(llava, quiz=write_quiz(tmp_path / "quiz", []))


def test_captions_need_their_column(run: Run, llava: Path, dataset: Path) -> None:
    with pytest.raises(ValueError, match="has no column 'story'"):
        run(llava, dataset=dataset, caption_column="story")


def test_questions_that_are_too_long_are_left_out_and_told(
    run: Run, llava: Path, tmp_path: Path
) -> None:
    rows_ = [make_item(number) for number in range(8)]
    rows_[5] |= {"question": "Why? " * 100}
    result = run(llava, quiz=write_quiz(tmp_path / "quiz", rows_), max_length=300).result
    assert result["num_too_long"] == 1
    assert result["notes"] == ["1 questions are too long and were left out, the first is 'q5'."]
    with pytest.raises(UnfitForTraining, match="Every question is longer than 20 tokens"):
        run(llava, quiz=tmp_path / "quiz", max_length=20)


def test_a_family_that_cannot_be_packed_is_filled_up_and_says_so(
    run: Run, llava: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(family, "CAN_PACK")
    result = run(llava, packing=True).result
    assert not result["is_packed"]
    assert "were filled up and not packed" in result["notes"][0]


def test_too_few_questions_to_hold_any_out_are_told(run: Run, llava: Path, tmp_path: Path) -> None:
    quiz = write_quiz(tmp_path / "quiz", [make_item(1), make_item(2)])
    result = run(llava, quiz=quiz).result
    assert (result["num_held_out"], result["held_out_loss"]) == (0, None)
    assert "too few questions to hold any out" in result["notes"][0]


def test_layers_that_do_not_exist_get_no_adapter(run: Run, llava: Path) -> None:
    with pytest.raises(UnfitForTraining, match="has a name that ends in to_z"):
        run(llava, method="lora", lora_targets=("to_z",))
    with pytest.raises(UnfitForTraining, match="lie outside of what is trained"):
        run(llava, method="lora", lora_targets=("patch_embedding",))


def test_a_layer_that_is_tied_gets_no_adapter(run: Run, bases: Callable[[str], Path]) -> None:
    with pytest.raises(UnfitForTraining, match="'lm_head' shares its weight with another one"):
        run(bases("gemma3"), method="lora", lora_targets=("q_proj", "lm_head"))


def test_nothing_to_learn_is_refused(run: Run, llava: Path) -> None:
    with pytest.raises(UnfitForTraining, match="There is nothing to learn"):
        run(llava, max_steps=None, epochs=0)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU computes in fp16")
def test_fp16_is_refused_on_a_processor(run: Run, llava: Path) -> None:
    with pytest.raises(NoDevice, match="A processor does not compute in fp16"):
        run(llava, precision="fp16")


def test_captions_alone_can_be_learnt(run: Run, llava: Path, dataset: Path) -> None:
    result = run(llava, dataset=dataset, max_steps=None, epochs=0, caption_epochs=2).result
    assert (result["steps"], result["caption_steps"]) == (3, 3)
    assert result["held_out_loss"] > 0


def test_bf16_is_computed_on_a_processor(run: Run, bases: Callable[[str], Path]) -> None:
    for method in ("full", "lora"):
        result = run(bases("gemma3"), precision="bf16", method=method, lora_rank=2).result
        assert result["final_loss"] > 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"batch_size": 6, "accumulation": 4}, "cannot be cut into 4 parts"),
        ({"lora_targets": (" ",)}, "Name at least one layer"),
        ({"epochs": 0, "caption_epochs": 0}, "there is nothing to learn"),
        ({"held_out": 1.0}, "less than or equal to 0.9"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ModelInstruct(**fields)


def test_a_quiz_that_was_changed_is_learnt_anew(run: Run, llava: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    quiz = write_quiz(tmp_path / "quiz", [make_item(number) for number in range(8)])
    run(llava, quiz=quiz, state=state)
    other = write_quiz(tmp_path / "other", [make_item(number) for number in range(7)])
    run(llava, quiz=other, state=state, max_steps=1)
    found = checkpoints.list_checkpoints(state / "checkpoints")
    assert [json.loads((path / "facts.json").read_text())["step"] for path in found] == [1]
