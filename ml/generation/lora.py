"""What a LoRA changes in a component of a pipeline, for a sweep whose regional end it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from peft import PeftModel

from ml.datasets.problems import shown
from ml.loading import headers, pipelines, weights
from ml.loading.mixtures.sweep import LowRank, read_layers
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from ml.loading.weights import Layout

_NAME = "regional"
_OF_DIFFUSERS, _OF_PEFT = weights.LORA_FILES


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
    changes = read_layers(model, _NAME, scale)
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
