"""Draws for a bootstrap: how often each distinct thing is in every resample.

Equal things are drawn together: a multinomial over the distinct ones is the same bootstrap.

Legend of shapes: d distinct things, b resamples.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.estimate import Estimate, undefined
from stats.labels import Numbers

NUM_RESAMPLES = 2000
_LARGEST_BLOCK = 2**22  # counts held at once
_FEWEST = 2  # of what is drawn, for a spread among them


def draw(
    times_d: NDArray[np.integer], num_resamples: int, seed: int
) -> Iterator[tuple[slice, Numbers]]:
    """Blocks of resamples, with their place among all. `times_d`: how often each thing is there."""
    total = int(times_d.sum())
    random = np.random.default_rng(seed)
    block = max(1, _LARGEST_BLOCK // len(times_d))
    for start in range(0, num_resamples, block):
        stop = min(start + block, num_resamples)
        drawn_bd = random.multinomial(total, times_d / total, size=stop - start)
        yield slice(start, stop), drawn_bd.astype(np.float64)


def take_percentiles(value: float, resampled_b: Numbers, confidence: float) -> Estimate:
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled_b, [tail, 1 - tail])
    return Estimate(value=value, low=float(low), high=float(high))


@dataclass(frozen=True)
class Spread:
    """Intervals of means over what was drawn; `what` one of it is called."""

    confidence: float
    num_drawn: int
    what: str = "prompt"

    def estimate(self, value: float, resampled_b: Numbers) -> Estimate:
        if self.num_drawn < _FEWEST:
            return Estimate(value=value, reason=f"{self.num_drawn} {self.what} has no spread")
        return take_percentiles(value, resampled_b, self.confidence)

    def divide(self, own: float, base: float, own_b: Numbers, base_b: Numbers) -> Estimate:
        """The ratio to a baseline, where that is above 0 whatever is drawn."""
        if base <= 0:
            return undefined(f"the baseline's mean is {base:g}")
        num_undefined = int((base_b <= 0).sum())
        if num_undefined:
            reason = (
                f"the baseline's mean is not above 0 in {num_undefined} of {len(base_b)} resamples"
            )
            return Estimate(value=own / base, reason=reason)
        return self.estimate(own / base, own_b / base_b)
