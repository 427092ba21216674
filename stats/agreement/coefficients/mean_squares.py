"""What intraclass correlations have in common: shares of mean squares."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def tolerance(levels_q: Floats) -> float:
    """A mean square below this is 0 but for rounding."""
    return float(1e-12 * (levels_q[-1] - levels_q[0]) ** 2)


def share(part_b: Floats, whole_b: Floats, tolerance: float) -> Floats:
    """NaN where the whole is nothing (or, by chance, below it): nothing varies."""
    shares_b = np.full(part_b.shape, np.nan)
    np.divide(part_b, whole_b, out=shares_b, where=whole_b > tolerance)
    return shares_b
