"""What of the UNet is trained: all of it, or adapters beside it (LoRA)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from peft import LoraConfig
from torch import Tensor, nn

from ml.datasets.problems import shown
from ml.finetuning.foundation import Foundation
from ml.finetuning.problems import UnfitForTraining
from ml.loading import pipelines
from specs.kinds.model_finetune import ModelFinetune

ADAPTER = "default"
_DOWN, _UP = f".lora_A.{ADAPTER}.weight", f".lora_B.{ADAPTER}.weight"


@dataclass(frozen=True)
class Trainable:
    unet: Any
    names: tuple[str, ...]
    parameters: tuple[nn.Parameter, ...]

    def tensors(self) -> dict[str, Tensor]:
        return dict(zip(self.names, self.parameters, strict=True))


def load(foundation: Foundation, spec: ModelFinetune) -> Trainable:
    """In fp32 on the processor, in training mode."""
    unet = pipelines.load_component(foundation.layout, "unet", torch.float32)
    if spec.method == "lora":
        add_adapter(unet, spec)
    if spec.gradient_checkpointing:
        unet.enable_gradient_checkpointing()
    unet.train()
    trained = [(name, each) for name, each in unet.named_parameters() if each.requires_grad]
    return Trainable(unet, tuple(name for name, _ in trained), tuple(each for _, each in trained))


def add_adapter(unet: Any, spec: ModelFinetune) -> None:
    unet.requires_grad_(requires_grad=False)
    fits = [
        name for name, module in unet.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d) and _ends_like(name, spec.lora_targets)
    ]  # fmt: skip
    if not fits:
        raise UnfitForTraining(
            f"No layer of the UNet that can get an adapter has a name that ends in "
            f"{shown(' or '.join(spec.lora_targets))}."
        )
    torch.manual_seed(spec.seed)  # of which the adapters' first weights are drawn
    unet.add_adapter(make_config(spec), adapter_name=ADAPTER)


def make_config(spec: ModelFinetune) -> LoraConfig:
    return LoraConfig(
        r=spec.lora_rank,
        lora_alpha=spec.lora_alpha,  # type: ignore[arg-type]  # a share, computed with as it is
        lora_dropout=spec.lora_dropout,
        target_modules=list(spec.lora_targets),
        init_lora_weights=True,
    )


def _ends_like(name: str, ends: Sequence[str]) -> bool:
    return any(name == end or name.endswith(f".{end}") for end in ends)


def find_deltas(adapter: Mapping[str, Tensor], spec: ModelFinetune) -> dict[str, Tensor]:
    """What the adapter adds to which weight of the UNet; the shapes are those of the matrices, a
    convolution's are flat.
    """
    scale = spec.lora_alpha / spec.lora_rank
    return {
        name.removesuffix(_DOWN) + ".weight": scale
        * (adapter[name.removesuffix(_DOWN) + _UP].float().flatten(1) @ down.float().flatten(1))
        for name, down in adapter.items()
        if name.endswith(_DOWN)
    }


def name_for_files(name: str) -> str:
    """As diffusers and others read adapters: without the adapter's own name."""
    return name.replace(f".{ADAPTER}.", ".")
