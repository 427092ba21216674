"""A sweep whose regional end is a LoRA of the base: base + beta * scale * B @ A, in memory.

Summed in fp64 and rounded once to the number format of the checkpoint, like a merge that is
written. Held are the base as it is stored, the adapter's two thin matrices per layer, and the live
weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer

from ml.datasets.problems import shown
from ml.generation.sweep import check_names
from ml.loading import headers, pipelines, weights
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from ml.loading.weights import Layout

_NAME = "regional"
_OF_DIFFUSERS, _OF_PEFT = weights.LORA_FILES


@dataclass(frozen=True)
class LowRank:
    a: torch.Tensor
    b: torch.Tensor
    scale: float

    def compute(self, shape: torch.Size) -> torch.Tensor:
        product = self.b.double().flatten(1) @ self.a.double().flatten(1)
        return (product * self.scale).view(shape)


class LoraSweep:
    def __init__(
        self,
        live: torch.nn.Module,
        base: Mapping[str, torch.Tensor],
        changes: Mapping[str, LowRank],
    ) -> None:
        self.live: Mapping[str, torch.Tensor] = live.state_dict(keep_vars=True)
        check_names(base, self.live, "the base", "its class")
        self.base, self.changes = base, changes

    @torch.no_grad()
    def set(self, beta: float) -> None:
        for name, target in self.live.items():
            base = self.base[name]
            if name not in self.changes or beta == 0:
                target.copy_(base)
            else:
                change = self.changes[name].compute(base.shape)
                target.copy_((base.double() + beta * change).to(base.dtype))


def read_changes(base: Layout, component: str, lora: Layout, scale: float) -> dict[str, LowRank]:
    """By the name of the weight that is changed."""
    model = pipelines.load_component(base, component, torch.float32)
    file = lora.files[0]
    if file.name == _OF_PEFT:
        model = PeftModel.from_pretrained(
            model, str(lora.root), adapter_name=_NAME
        ).base_model.model
    else:
        _attach(model, base, component, lora)
    changes = {
        f"{name}.weight": _read_layer(name, module, scale)
        for name, module in model.named_modules()
        if isinstance(module, LoraLayer) and _NAME in module.lora_A
    }
    if not changes:
        raise UnfitModel(
            f"'{shown(lora.root.name)}' is a LoRA that changes nothing of the component "
            f"'{component}'."
        )
    return changes


def _attach(model: Any, base: Layout, component: str, lora: Layout) -> None:
    """A pipeline's LoRA names the component before each layer; a component's own does not."""
    prefixes = {name.partition(".")[0] for name in headers.read(lora.files[0]).tensors}
    is_of_pipeline = bool(prefixes & {each.name for each in base.components})
    if is_of_pipeline and component not in prefixes:
        return
    try:
        model.load_lora_adapter(
            str(lora.root),
            prefix=component if is_of_pipeline else None,
            weight_name=_OF_DIFFUSERS,
            adapter_name=_NAME,
            use_safetensors=True,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as error:  # names or shapes of another model
        raise UnfitModel(
            f"The LoRA '{shown(lora.root.name)}' does not fit the base: {shown(error)}"
        ) from error


def _read_layer(name: str, layer: Any, scale: float) -> LowRank:
    if layer.use_dora.get(_NAME) or layer.lora_bias.get(_NAME):
        raise UnfitModel(f"The LoRA changes '{shown(name)}' by more than B @ A; it has no scale.")
    a, b = (part[_NAME].weight.detach().clone() for part in (layer.lora_A, layer.lora_B))
    return LowRank(a, b, scale * float(layer.scaling[_NAME]))
