"""Figures of models that were made anew, as metrics.json has them."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from stats.effects import wilson


def average_end(losses: Sequence[float], *, num: int = 100) -> float:
    """Of the last losses: a single one says what its batch was."""
    last = losses[-num:]
    return round(sum(last) / len(last), 5)


def measure_share(num_right: int, num: int, *, counted: str) -> dict[str, float]:
    """With Wilson's interval of 95 %; `counted` is the name under which `num` stands."""
    low, high = wilson.compute_interval(num_right, num)
    return {
        "value": round(num_right / num, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        counted: num,
    }


def describe_run(sizes: Mapping[str, Any], *, seed: int) -> dict[str, Any]:
    """What has to be the same for the same weights."""
    return {
        "seed": seed,
        "sizes": sizes,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
