"""A model and those of its weights that are trained."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True)
class Trainable:
    model: Any
    names: tuple[str, ...]
    parameters: tuple[nn.Parameter, ...]

    @classmethod
    def of(cls, model: Any) -> "Trainable":
        """Everything that gradients are asked of."""
        trained = [(name, each) for name, each in model.named_parameters() if each.requires_grad]
        return cls(model, tuple(name for name, _ in trained), tuple(each for _, each in trained))

    def tensors(self) -> dict[str, Tensor]:
        return dict(zip(self.names, self.parameters, strict=True))
