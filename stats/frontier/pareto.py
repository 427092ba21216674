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
    no_worse_nn = (points[:, None, :] >= points[None, :, :]).all(axis=2)
    better_nn = (points[:, None, :] > points[None, :, :]).any(axis=2)
    dominated_n: NDArray[np.bool_] = np.any(no_worse_nn & better_nn, axis=0)
    return np.logical_not(dominated_n)
