"""Ratings for tests: from a table with a row for each rater and a column for each item."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.agreement.ratings import RatingRows, Ratings, check_levels, from_arrays, select

LEVELS = (1, 2, 3, 4, 5)
Floats = NDArray[np.float64]


def to_rows(values_gi: ArrayLike) -> RatingRows:
    values = np.asarray(values_gi, dtype=np.float64)
    raters, items = np.nonzero(~np.isnan(values))
    return from_arrays(items, raters, values[raters, items])


def to_ratings(values_gi: ArrayLike, levels: Sequence[float] = LEVELS) -> Ratings:
    rows = to_rows(values_gi)
    return select(rows, np.arange(len(rows.value_r)), check_levels(levels))


def draw_values(
    seed: int, *, num_raters: int = 5, num_items: int = 40, gaps: float = 0.3, num_levels: int = 5
) -> Floats:
    """Raters who differ in severity look at items that differ; some ratings are missing."""
    random = np.random.default_rng(seed)
    seen = random.normal(0, 1, num_items) + random.normal(0, 0.4, (num_raters, 1))
    seen = seen + random.normal(0, 0.7, (num_raters, num_items))
    cuts = np.quantile(seen, np.arange(1, num_levels) / num_levels)
    values = 1.0 + np.digitize(seen, cuts)
    values[random.random(values.shape) < gaps] = np.nan
    return values
