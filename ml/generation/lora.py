"""What a LoRA changes in a component of a pipeline, for a sweep whose regional end it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from peft.tuners.lora import LoraLayer

from ml.datasets.problems import shown
from ml.loading import headers, pipelines
from ml.loading.mixtures import adapters
from ml.loading.mixtures.lowrank import LowRank
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from ml.loading.weights import Layout

_NAME = "regional"


def read_changes(base: Layout, component: str, lora: Layout, scale: float) -> dict[str, LowRank]:
    """By the name of the weight that is changed."""
    if lora.files[0].name == adapters.FILE:
        found = adapters.read_changes(lora, base, component)
        return {name: change.scaled(scale) for name, change in found.items()}
    model = pipelines.load_component(base, component, torch.float32)
    _attach(model, base, component, lora)
    changes = _read_layers(model, scale)
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
            weight_name=lora.files[0].name,
            adapter_name=_NAME,
            use_safetensors=True,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as error:  # names or shapes of another model
        raise UnfitModel(
            f"The LoRA '{shown(lora.root.name)}' does not fit the base: {shown(error)}"
        ) from error


def _read_layers(model: torch.nn.Module, scale: float) -> dict[str, LowRank]:
    """Of the adapter that peft has put into `model`."""
    return {
        f"{name}.weight": _read_layer(name, module, scale)
        for name, module in model.named_modules()
        if isinstance(module, LoraLayer) and _NAME in module.lora_A
    }


def _read_layer(name: str, layer: Any, scale: float) -> LowRank:
    if layer.use_dora.get(_NAME) or layer.lora_bias.get(_NAME):
        raise UnfitModel(f"The LoRA changes '{shown(name)}' by more than B @ A; it has no scale.")
    a, b = (part[_NAME].weight.detach().clone() for part in (layer.lora_A, layer.lora_B))
    return LowRank(a, b, scale * float(layer.scaling[_NAME]))
