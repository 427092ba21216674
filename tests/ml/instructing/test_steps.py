"""A single step, looked into: what its loss is, and that cutting a batch up changes nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ml.devices import Computing
from ml.instructing import parts, rows
from ml.instructing.batches import Part
from ml.instructing.training import Training
from ml.loading.families import registry
from ml.loading.speaking.batches import IGNORED, Lesson
from ml.loading.speaking.speaker import Speaker
from ml.loading.speaking.turns import Turn
from specs.kinds.model.model_instruct import ModelInstruct
from tests import pictures, tiny_speakers

from .conftest import Run

Gradients = dict[str, Tensor]


@pytest.fixture
def gradients(monkeypatch: pytest.MonkeyPatch) -> list[Gradients]:
    """Of each step that is taken, as they are before anything is done with them."""
    seen: list[Gradients] = []
    apply = Training._apply

    def note(self: Training) -> Tensor:
        pairs = zip(self.names, self.parameters, strict=True)
        seen.append({name: each.grad.clone() for name, each in pairs if each.grad is not None})
        return apply(self)

    monkeypatch.setattr(Training, "_apply", note)
    return seen


@pytest.mark.parametrize("layout", ["filled up", "packed"])
@pytest.mark.parametrize("family", ["llava", "gemma3"])
def test_gradients_of_parts_are_those_of_the_whole_batch(
    family: str, layout: str, bases: Callable[[str], Path], run: Run, gradients: list[Gradients]
) -> None:
    """Answers have different lengths: it is their tokens that are counted, not the questions."""
    fields: dict[str, Any] = {"batch_size": 8, "max_steps": 1, "trained": "all"}
    base = bases(family)
    whole = run(base, **fields).result
    packing = layout == "packed"
    cut = [run(base, accumulation=n, packing=packing, **fields).result for n in (2, 8)]
    for result, parts_ in zip(cut, gradients[1:], strict=True):
        assert list(parts_) == list(gradients[0])
        for name, gradient in gradients[0].items():
            distance = torch.linalg.vector_norm(parts_[name] - gradient)
            assert distance <= 1e-4 * torch.linalg.vector_norm(gradient) + 1e-6, name
        assert result["final_loss"] == pytest.approx(whole["final_loss"], rel=1e-5)


def test_the_loss_is_the_mean_over_tokens_of_answers_and_their_ends(
    run: Run, llava: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worked out by transformers' own loss, which knows nothing of how batches are cut."""
    seen: list[tuple[float, float]] = []
    compute = Training.compute_loss

    def note(self: Training, batch: Part) -> Tensor:
        loss = compute(self, batch)
        seen.append((loss.item(), self.bare(**batch.tensors).loss.item()))
        return loss

    monkeypatch.setattr(Training, "compute_loss", note)
    run(llava, batch_size=6, max_steps=2)
    for ours, theirs in seen:
        assert ours == pytest.approx(theirs, rel=1e-5)


def load(folder: Path) -> Speaker:
    speaker = registry.load(folder, Computing("cpu", "fp32", 1))
    speaker.model.train()
    return speaker


def make_lessons(speaker: Speaker) -> list[Lesson]:
    """Of different lengths, with pictures of different sizes, and one without a picture."""
    return [
        speaker.encode_lesson(
            Turn(text="What is this? " * number, picture=picture), "A thing. " * number
        )
        for number, picture in (
            (1, pictures.draw(40, 32)), (2, None), (3, pictures.draw(90, 30, seed=2)),
        )
    ]  # fmt: skip


def find_loss(model: Any, tensors: dict[str, Tensor]) -> Tensor:
    logits, right = rows.say(model, tensors)
    return torch.nn.functional.cross_entropy(logits, right)


@pytest.mark.parametrize("family", sorted(tiny_speakers.BUILDERS))
def test_questions_in_a_row_are_learnt_as_those_side_by_side(
    family: str, bases: Callable[[str], Path]
) -> None:
    speaker = load(bases(family))
    lessons = make_lessons(speaker)
    assert rows.can_pack(speaker)
    with torch.no_grad():
        alone = [find_loss(speaker.model, speaker.collate([each])) for each in lessons]
        together = find_loss(speaker.model, rows.put_together(speaker, lessons, packed=True))
        padded = find_loss(speaker.model, speaker.collate(lessons))
    counts = torch.tensor([int((each.labels != IGNORED).sum()) for each in lessons])
    expected = (torch.stack(alone) * counts).sum() / counts.sum()
    torch.testing.assert_close(together, padded, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(together, expected, rtol=1e-5, atol=1e-5)


def test_a_row_holds_nothing_that_fills_up(bases: Callable[[str], Path]) -> None:
    speaker = load(bases("llava"))
    lessons = make_lessons(speaker)
    row = rows.pack(speaker, lessons)
    assert row["input_ids"].shape == (1, sum(map(len, lessons)))
    assert (row["position_ids"] == 0).sum() == len(lessons)
    assert "attention_mask" not in row


@pytest.mark.parametrize(
    ("trained", "expected"),
    [
        ("all", {"language", "projector", "vision"}),
        ("language", {"language"}),
        ("language+projector", {"language", "projector"}),
    ],
)
@pytest.mark.parametrize("family", sorted(tiny_speakers.BUILDERS))
def test_only_the_parts_that_were_named_are_trained(
    family: str, trained: Any, expected: set[str], bases: Callable[[str], Path]
) -> None:
    speaker, trainable = parts.load(bases(family), ModelInstruct(trained=trained), 1)
    found = registry.find_parts(speaker.family)
    assert {found.find(name) for name in trainable.names} == expected


@pytest.mark.parametrize("family", sorted(tiny_speakers.BUILDERS))
def test_adapters_lie_in_the_language_model_alone(
    family: str, bases: Callable[[str], Path]
) -> None:
    spec = ModelInstruct(method="lora", trained="language+projector")
    speaker, trainable = parts.load(bases(family), spec, 1)
    found = registry.find_parts(speaker.family)
    assert all(".lora_" in name for name in trainable.names)
    assert {found.find(name) for name in trainable.names} == {"language"}
    assert any("down_proj" in name for name in trainable.names)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_gradient_checkpointing_changes_nothing(run: Run, llava: Path, method: str) -> None:
    plain = run(llava, method=method, lora_rank=2)
    saving = run(llava, method=method, lora_rank=2, gradient_checkpointing=True)
    assert saving.weights.read_bytes() == plain.weights.read_bytes()
