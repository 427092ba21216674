"""Gradient caching gives the gradients of one big batch."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
import torch
import transformers
from torch import Tensor, nn

from ml.training.gradients import caching
from ml.training.gradients.caching import Parts
from tests import tiny_encoders

NUM = 8


def build(folder: Any, **text: Any) -> transformers.CLIPModel:
    model = transformers.CLIPModel.from_pretrained(tiny_encoders.build_clip(folder))
    for layer in [*model.text_model.encoder.layers, *model.vision_model.encoder.layers]:
        layer.self_attn.dropout = text.get("dropout", 0.0)
    found: transformers.CLIPModel = model.train()
    return found


@pytest.fixture(scope="module")
def inputs() -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(0)
    side, tokens = tiny_encoders.SIDE, tiny_encoders.TOKENS
    sentences = torch.randint(4, 100, (NUM, tokens), generator=random)
    sentences[:, -1] = 2
    return {
        "pictures": torch.randn(NUM, 3, side, side, generator=random),
        "sentences": sentences,
    }


def embed_with(model: transformers.CLIPModel) -> dict[str, Callable[[Tensor], Tensor]]:
    def see(pixels: Tensor) -> Tensor:
        return nn.functional.normalize(model.get_image_features(pixels).pooler_output)

    def read(ids: Tensor) -> Tensor:
        return nn.functional.normalize(model.get_text_features(ids).pooler_output)

    return {"pictures": see, "sentences": read}


def contrast(scale: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:
    logits = scale.exp() * vectors["pictures"] @ vectors["sentences"].T
    right = torch.arange(len(logits))
    sides = [nn.functional.cross_entropy(each, right) for each in (logits, logits.T)]
    return torch.stack(sides).mean()


def take_gradients(model: nn.Module) -> dict[str, Tensor]:
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad(set_to_none=True)
    return found


def run(model: transformers.CLIPModel, inputs: Mapping[str, Tensor], size: int) -> Tensor:
    embed = embed_with(model)
    groups = {name: Parts(each.split(size), embed[name]) for name, each in inputs.items()}
    return caching.go_back(groups, partial(contrast, model.logit_scale))


def differ(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> float:
    """As a share of the whole gradient's length."""
    assert found.keys() == wanted.keys()
    apart = sum(float((found[name] - each).square().sum()) for name, each in wanted.items())
    return (apart / sum(float(each.square().sum()) for each in wanted.values())) ** 0.5


@pytest.mark.parametrize(
    ("dtype", "most"), [(torch.float32, 1e-6), (torch.float64, 1e-14)], ids=["fp32", "fp64"]
)
@pytest.mark.parametrize("size", [1, 3, NUM])
def test_gradients_are_those_of_one_big_batch(
    tmp_path: Any, inputs: dict[str, Tensor], size: int, dtype: torch.dtype, most: float
) -> None:
    model = build(tmp_path).to(dtype)
    inputs = inputs | {"pictures": inputs["pictures"].to(dtype)}
    embed = embed_with(model)
    whole = contrast(model.logit_scale, {name: embed[name](each) for name, each in inputs.items()})
    whole.backward()  # type: ignore[no-untyped-call]
    wanted = take_gradients(model)

    loss = run(model, inputs, size)

    found = take_gradients(model)
    assert loss.item() == pytest.approx(whole.item(), rel=1e-6)
    assert "logit_scale" in found
    assert differ(found, wanted) <= most


def test_what_is_random_in_the_model_is_the_same_in_both_passes(
    tmp_path: Any, inputs: dict[str, Tensor]
) -> None:
    """In one part it is as if the batch had gone through once, and so are the numbers after it."""
    model = build(tmp_path, dropout=0.5)
    embed = embed_with(model)
    torch.manual_seed(1)
    contrast(
        model.logit_scale, {name: embed[name](each) for name, each in inputs.items()}
    ).backward()  # type: ignore[no-untyped-call]
    wanted, after = take_gradients(model), torch.rand(1)

    torch.manual_seed(1)
    run(model, inputs, NUM)

    assert torch.equal(torch.rand(1), after)
    assert differ(take_gradients(model), wanted) <= 1e-6


def test_gradients_are_added_to_those_that_are_there(
    tmp_path: Any, inputs: dict[str, Tensor]
) -> None:
    model = build(tmp_path)
    run(model, inputs, 4)
    once = {name: each.clone() for name, each in take_gradients(model).items()}
    for _ in range(2):
        run(model, inputs, 4)
    for name, gradient in take_gradients(model).items():
        torch.testing.assert_close(gradient, 2 * once[name])


def test_a_side_of_which_nothing_is_trained_goes_through_once(
    tmp_path: Any, inputs: dict[str, Tensor]
) -> None:
    """Such as with a LoRA on the layers of the texts alone."""
    model = build(tmp_path)
    for part in (model.vision_model, model.visual_projection):
        part.requires_grad_(requires_grad=False)
    embed = embed_with(model)
    contrast(
        model.logit_scale, {name: embed[name](each) for name, each in inputs.items()}
    ).backward()  # type: ignore[no-untyped-call]
    wanted = take_gradients(model)

    run(model, inputs, 3)

    assert differ(take_gradients(model), wanted) <= 1e-6


def test_what_the_loss_does_not_look_at_is_left_alone(
    tmp_path: Any, inputs: dict[str, Tensor]
) -> None:
    model = build(tmp_path)
    embed = embed_with(model)
    groups = {name: Parts(each.split(4), embed[name]) for name, each in inputs.items()}
    caching.go_back(groups, lambda vectors: vectors["pictures"].square().sum())
    assert not any(name.startswith("text_model") for name in take_gradients(model))


def test_only_one_part_at_a_time_is_held(inputs: dict[str, Tensor]) -> None:
    """Counted: what autograd keeps for the way back."""
    brightness = nn.Parameter(torch.tensor(0.5))
    held = {"now": 0, "most": 0}

    class Kept:
        def __init__(self, tensor: Tensor) -> None:
            self.tensor, self.bytes = tensor, tensor.nbytes
            held["now"] += self.bytes
            held["most"] = max(held.values())

        def __del__(self) -> None:
            held["now"] -= self.bytes

    def embed(pictures: Tensor) -> Tensor:
        return (brightness * pictures.flatten(1)).sin().mean(dim=1, keepdim=True)

    def measure_most(size: int) -> int:
        held["most"] = 0
        groups = {"pictures": Parts(inputs["pictures"].split(size), embed)}
        with torch.autograd.graph.saved_tensors_hooks(Kept, lambda kept: kept.tensor):
            caching.go_back(groups, lambda vectors: vectors["pictures"].sum())
        return held["most"]

    assert measure_most(1) * 6 < measure_most(NUM)


def test_being_stopped_is_asked_before_every_part(tmp_path: Any, inputs: dict[str, Tensor]) -> None:
    model = build(tmp_path)
    embed, asked = embed_with(model), []
    groups = {name: Parts(each.split(4), embed[name]) for name, each in inputs.items()}
    caching.go_back(groups, partial(contrast, model.logit_scale), check=lambda: asked.append(True))
    assert len(asked) == 2 * 2 * 2
