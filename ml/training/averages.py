"""A moving average of the weights (EMA), kept beside them on the same device."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor


class Average:
    """The first steps count more than `decay` says, or the start would stay in it for long."""

    def __init__(self, parameters: Sequence[Tensor], decay: float) -> None:
        self._parameters = list(parameters)
        self._decay = decay
        self.values = [parameter.detach().clone() for parameter in parameters]

    def decay_at(self, step: int) -> float:
        return min(self._decay, (1 + step) / (10 + step))

    @torch.no_grad()
    def take_in(self, step: int) -> None:
        """One call for all tensors: a loop in Python costs more than the arithmetic."""
        torch._foreach_lerp_(self.values, self._parameters, 1.0 - self.decay_at(step))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """For a while the model computes with the average."""
        kept = [parameter.detach().clone() for parameter in self._parameters]
        try:
            self._write(self.values)
            yield
        finally:
            self._write(kept)

    @torch.no_grad()
    def _write(self, values: Sequence[Tensor]) -> None:
        torch._foreach_copy_(self._parameters, list(values))
