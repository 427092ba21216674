"""Draws for a bootstrap: how often each distinct thing is in every resample.

Equal things are drawn together: a multinomial over the distinct ones is the same bootstrap.

Legend of shapes: d distinct things, b resamples.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stats.estimate import Estimate
from stats.labels import Numbers

NUM_RESAMPLES = 2000
_LARGEST_BLOCK = 2**22  # counts held at once


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
