"""How much two ratings of an item agree: weights from 0 to 1 for each pair of levels, (q, q)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def exact(levels_q: Floats) -> Floats:
    return np.eye(len(levels_q))


def within_one(levels_q: Floats) -> Floats:
    """Neighbours on the scale count as agreement, however far apart their values are."""
    place = np.arange(len(levels_q))
    return np.asarray(np.abs(place[:, None] - place) <= 1, dtype=np.float64)


def quadratic(levels_q: Floats) -> Floats:
    """1 - (a - b)^2 / (highest - lowest)^2, by the values of the levels."""
    differences = levels_q[:, None] - levels_q
    squares: Floats = (differences / (levels_q[-1] - levels_q[0])) ** 2
    return 1 - squares
