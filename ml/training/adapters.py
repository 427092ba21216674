"""Low-rank adapters (LoRA) in the layers of a model: put in, and worked out to what they add."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from peft import LoraConfig
from torch import Tensor, nn

from ml.datasets.problems import shown
from ml.training.problems import UnfitForTraining
from ml.training.settings import AdapterSettings

ADAPTER = "default"
_DOWN, _UP = f".lora_A.{ADAPTER}.weight", f".lora_B.{ADAPTER}.weight"


def find_layers(model: Any, ends: Sequence[str], what: str) -> list[str]:
    """Names of the layers that can get an adapter and whose names end so. Torch's own attention
    reads the weights of its layer without calling it: there an adapter would have no effect.
    """
    uncalled = {
        f"{name}.out_proj" for name, module in model.named_modules()
        if isinstance(module, nn.MultiheadAttention)
    }  # fmt: skip
    fits = [
        name for name, module in model.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d) and _ends_like(name, ends)
        and name not in uncalled
    ]  # fmt: skip
    if not fits:
        raise UnfitForTraining(
            f"No layer of {what} that can get an adapter has a name that ends in "
            f"{shown(' or '.join(ends))}."
        )
    return fits


def seed(settings: AdapterSettings) -> None:
    """The adapters' first weights are drawn of it."""
    torch.manual_seed(settings.seed)


def make_config(settings: AdapterSettings, targets: Sequence[str] | str) -> LoraConfig:
    return LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,  # type: ignore[arg-type]  # a share, computed with as it is
        lora_dropout=settings.lora_dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        init_lora_weights=True,
    )


def _ends_like(name: str, ends: Sequence[str]) -> bool:
    return any(name == end or name.endswith(f".{end}") for end in ends)


def find_deltas(adapter: Mapping[str, Tensor], settings: AdapterSettings) -> dict[str, Tensor]:
    """What the adapter adds to which weight; the shapes are those of the matrices, a
    convolution's are flat.
    """
    scale = settings.lora_alpha / settings.lora_rank
    return {
        name.removesuffix(_DOWN) + ".weight": scale
        * (adapter[name.removesuffix(_DOWN) + _UP].float().flatten(1) @ down.float().flatten(1))
        for name, down in adapter.items()
        if name.endswith(_DOWN)
    }


def name_for_files(name: str) -> str:
    """As diffusers and others read adapters: without the adapter's own name."""
    return name.replace(f".{ADAPTER}.", ".")
