"""Agreement beyond chance, as a share of what lies beyond chance."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def correct(observed_b: Floats, by_chance_b: Floats | float) -> Floats:
    """(observed - by chance) / (1 - by chance): shape (b,), NaN where chance explains all."""
    left_b = 1 - np.broadcast_to(by_chance_b, observed_b.shape)
    corrected_b = np.full(observed_b.shape, np.nan)
    # Shares are sums of thirds and sevenths: what is within rounding of 1 is 1.
    possible_b = left_b > 1e-12  # noqa: PLR2004
    np.divide(observed_b - by_chance_b, left_b, out=corrected_b, where=possible_b)
    return corrected_b
