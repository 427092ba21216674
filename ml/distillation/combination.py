"""Several formulations at once: the sum of their losses, each times its weight."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from ml.distillation.losses import registry
from ml.distillation.vectors import Batch, Vectors
from specs.distillation.registry import Formulation


class Combination:
    def __init__(self, specs: Sequence[Formulation]) -> None:
        names = [spec.method for spec in specs]
        if not names or len(set(names)) < len(names):
            raise ValueError(
                f"Formulations are combined once each, and at least one; these were given: "
                f"{', '.join(names) or 'none'}."
            )
        self.weights = {spec.method: spec.weight for spec in specs}
        self.losses = {spec.method: registry.LOSSES[spec.method](spec) for spec in specs}

    def take_in(self, teacher: Vectors) -> None:
        """Once a step, before `compute`."""
        for loss in self.losses.values():
            loss.take_in(teacher)

    def compute(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted sum, and what each formulation gave without its weight."""
        parts = {name: loss.compute(batch) for name, loss in self.losses.items()}
        total = torch.stack([self.weights[name] * part for name, part in parts.items()]).sum()
        return total, {name: part.detach() for name, part in parts.items()}

    def pack(self) -> dict[str, Tensor]:
        """What a checkpoint has to hold for the next step to be the same."""
        return {
            f"{name}.{key}": tensor
            for name, loss in self.losses.items()
            for key, tensor in loss.pack().items()
        }

    def unpack(self, tensors: Mapping[str, Tensor]) -> None:
        for name, loss in self.losses.items():
            start = f"{name}."
            loss.unpack(
                {key[len(start) :]: each for key, each in tensors.items() if key.startswith(start)}
            )
