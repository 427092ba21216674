"""How the learning rate goes up and down, as a factor of the highest."""

import math
from collections.abc import Callable, Mapping

from specs.kinds.model.training import Schedule


def _linear(share: float) -> float:
    return 1.0 - share


def _cosine(share: float) -> float:
    return 0.5 * (1.0 + math.cos(math.pi * share))


def _constant(share: float) -> float:  # noqa: ARG001 - the same for all
    return 1.0


SCHEDULES: Mapping[Schedule, Callable[[float], float]] = {
    "linear": _linear,
    "cosine": _cosine,
    "constant": _constant,
}


def factor(schedule: Schedule, step: int, *, num_steps: int, warmup_steps: int) -> float:
    """Of step 0 and so on. Warm-up ends at exactly 1; no step is wasted at exactly 0."""
    if step < warmup_steps:
        return (step + 1) / (warmup_steps + 1)
    return SCHEDULES[schedule]((step - warmup_steps) / max(1, num_steps - warmup_steps))
