"""The non-dominated set: points that no other is at least as good as in everything, and better in
something. Larger is better in every coordinate.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def find_frontier(points_nd: ArrayLike) -> NDArray[np.bool_]:
    """Of n points with d coordinates, which are on the frontier. Equal points all are."""
    points = np.asarray(points_nd, dtype=np.float64)
    if points.ndim != 2:  # noqa: PLR2004 - points by coordinates
        raise ValueError(f"Points are rows of coordinates; this has {points.ndim} dimensions.")
    if not np.isfinite(points).all():
        raise ValueError("A point with an undefined coordinate can be compared with nothing.")
    return find_frontiers(points)


def find_frontiers(points_nd: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Of each of many sets of points at once: what stands before n and d counts the sets."""
    one, other = points_nd[..., :, None, :], points_nd[..., None, :, :]
    no_worse_nn = (one >= other).all(axis=-1)
    better_nn = (one > other).any(axis=-1)
    dominated_n: NDArray[np.bool_] = np.any(no_worse_nn & better_nn, axis=-2)
    return np.logical_not(dominated_n)
