"""A single step, looked into: what its gradients are, and that settings reach what they set."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr
from safetensors.torch import load_file
from torch import Tensor

from ml.finetuning import launching, trainable
from ml.finetuning.data.batches import Batch
from ml.finetuning.training import Training

from .conftest import Run

UNET = "unet/diffusion_pytorch_model.safetensors"
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


@pytest.mark.parametrize("base", ["sdxl", "sd15"])
def test_gradients_of_parts_are_those_of_the_whole_batch(
    run: Run, request: pytest.FixtureRequest, base: str, gradients: list[Gradients]
) -> None:
    """But for the order of additions; in three shapes, with captions left out."""
    fields = {"batch_size": 12, "caption_dropout": 0.5, "min_snr_gamma": 5.0, "max_steps": 1}
    folder = request.getfixturevalue(base)
    results = [run(folder, accumulation=parts, **fields).result for parts in (1, 4, 12)]
    whole = gradients[0]
    for result, parts in zip(results[1:], gradients[1:], strict=True):
        assert list(parts) == list(whole)
        for name, gradient in whole.items():
            distance = torch.linalg.vector_norm(parts[name] - gradient)
            assert distance <= 1e-4 * torch.linalg.vector_norm(gradient) + 1e-7, name
        assert result["final_loss"] == pytest.approx(results[0]["final_loss"], rel=1e-5)
    assert all(torch.linalg.vector_norm(each) > 0 for each in whole.values())


def test_steps_follow_adamw_with_the_numbers_that_were_given(
    run: Run, sdxl: Path, gradients: list[Gradients]
) -> None:
    """Worked out in fp64 by the formulas of arXiv:1711.05101, from the gradients of both steps."""
    rate, first, second, epsilon, decay = 0.02, 0.6, 0.7, 0.05, 0.9
    tuned = run(
        sdxl, max_steps=2, learning_rate=rate, schedule="constant", max_grad_norm=0.0,
        adam_beta1=first, adam_beta2=second, adam_epsilon=epsilon, weight_decay=decay,
    )  # fmt: skip
    before, after = load_file(sdxl / UNET), load_file(tuned.unet)
    for name, stored in before.items():
        weight = stored.double()
        mean, square = torch.zeros_like(weight), torch.zeros_like(weight)
        for step, seen in enumerate(gradients, 1):
            gradient = seen[name].double()
            mean = first * mean + (1 - first) * gradient
            square = second * square + (1 - second) * gradient**2
            scaled = mean / (1 - first**step)
            scaled = scaled / ((square / (1 - second**step)).sqrt() + epsilon)
            weight = weight * (1 - rate * decay) - rate * scaled
        torch.testing.assert_close(after[name].double(), weight, rtol=1e-5, atol=1e-6)


def test_gradients_are_shortened_to_the_length_that_was_given(
    run: Run, sdxl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []
    step = torch.optim.AdamW.step

    def note(self: Any, *arguments: Any, **more: Any) -> Any:
        parts = [each.grad.norm() for group in self.param_groups for each in group["params"]]
        lengths.append(float(torch.stack(parts).norm()))
        return step(self, *arguments, **more)

    monkeypatch.setattr(torch.optim.AdamW, "step", note)
    run(sdxl, max_steps=1, max_grad_norm=0.01)
    run(sdxl, max_steps=1, max_grad_norm=0.0)
    assert lengths[0] == pytest.approx(0.01, rel=1e-3)
    assert lengths[1] > 0.02


def cut_up(batch: Batch) -> list[Batch]:
    tensors = {name: value for name, value in vars(batch).items() if isinstance(value, Tensor)}
    return [
        replace(batch, **{name: value[row : row + 1] for name, value in tensors.items()})
        for row in range(len(batch.times_b))
    ]


@pytest.mark.parametrize("gamma", [None, 0.5])
def test_the_loss_weighs_noise_levels_as_min_snr_says(
    run: Run, sdxl: Path, monkeypatch: pytest.MonkeyPatch, gamma: float | None
) -> None:
    """min(SNR, gamma) / SNR of the loss of each picture, whose own is looked at without gamma."""
    scheduler = DDPMScheduler.from_pretrained(sdxl, subfolder="scheduler")
    compute = Training.compute_loss
    seen: list[list[float]] = []

    def note(self: Training, batch: Batch) -> Tensor:
        loss = compute(self, batch)
        spec, self.spec = self.spec, self.spec.model_copy(update={"min_snr_gamma": None})
        with torch.no_grad():
            plain = torch.stack([compute(self, each) for each in cut_up(batch)])
        self.spec = spec
        snr = compute_snr(scheduler, batch.times_b)
        weights = torch.ones_like(snr) if gamma is None else snr.clamp(max=gamma) / snr
        told = loss.detach(), (plain * weights).sum(), plain.sum()
        seen.append(torch.stack(told).tolist())
        return loss

    monkeypatch.setattr(Training, "compute_loss", note)
    run(sdxl, max_steps=2, batch_size=6, min_snr_gamma=gamma)
    for loss, expected, _ in seen:
        assert loss == pytest.approx(expected, rel=1e-4)
    losses, _, plain = zip(*seen, strict=True)
    assert (sum(losses) == pytest.approx(sum(plain), rel=1e-3)) == (gamma is None)


@pytest.fixture
def count_passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often a block inside of the UNet was gone through since this was asked."""
    load, numbers = trainable.load, [0]

    def watch(*arguments: Any) -> Any:
        found = load(*arguments)

        def count(*_: object) -> None:
            numbers[0] += 1

        # Behind a layer with an adapter: before the first, nothing is kept that could be saved.
        found.model.up_blocks[0].resnets[0].register_forward_pre_hook(count)
        return found

    def ask() -> int:
        asked, numbers[0] = numbers[0], 0
        return asked

    monkeypatch.setattr(launching.trainable, "load", watch)
    return ask


@pytest.mark.parametrize("method", ["full", "lora"])
def test_gradient_checkpointing_computes_twice_and_changes_nothing(
    run: Run, sdxl: Path, method: str, count_passes: Callable[[], int]
) -> None:
    fields: dict[str, Any] = {"max_steps": 2, "max_aspect": 1.0, "method": method, "lora_rank": 2}
    plain = run(sdxl, **fields)
    assert count_passes() == 2
    saving = run(sdxl, gradient_checkpointing=True, **fields)
    assert count_passes() == 4
    assert saving.unet.read_bytes() == plain.unet.read_bytes()
