"""The learning rate of a step, and the moving average of weights that is kept in the end."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.optim.swa_utils import get_ema_multi_avg_fn


def set_rate(optimiser: torch.optim.Optimizer, peak: float, step: int, steps: int) -> None:
    """A short warm-up, then down along a cosine to a fiftieth of the peak."""
    warm = max(1, min(100, steps // 10))
    if step < warm:
        rate = peak * (step + 1) / warm
    else:
        along = (step - warm) / max(1, steps - warm)
        rate = peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * along)))
    for group in optimiser.param_groups:
        group["lr"] = rate


class Average:
    """An exponential moving average, which follows faster at the start."""

    def __init__(self, *modules: torch.nn.Module, decay: float) -> None:
        self._decay = decay
        self._weights = [weight for module in modules for weight in module.parameters()]
        self._kept = [weight.detach().clone() for weight in self._weights]

    def update(self, step: int) -> None:
        decay = min(self._decay, (1 + step) / (10 + step))
        follow = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        follow(self._kept, self._weights, step)

    @torch.no_grad()
    def copy_to_weights(self) -> None:
        for weight, kept in zip(self._weights, self._kept, strict=True):
            weight.copy_(kept)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """For a look in between: the average in the weights' place, and back."""
        before = [weight.detach().clone() for weight in self._weights]
        self.copy_to_weights()
        try:
            yield
        finally:
            with torch.no_grad():
                for weight, old in zip(self._weights, before, strict=True):
                    weight.copy_(old)
