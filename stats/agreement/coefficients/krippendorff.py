"""Krippendorff's alpha: 1 - observed disagreement / disagreement expected by chance.

Krippendorff 2019, Content Analysis, chapter 12. Only pairable items count, in both terms.
"Ordinal" is Krippendorff's metric, which spaces the levels by how often they occur in the data.

Legend of shapes: q levels, b weightings of the items.
"""

import numpy as np
from numpy.typing import NDArray

from stats.agreement.sums import Sums

Floats = NDArray[np.float64]


def nominal(sums: Sums) -> Floats:
    different_qq = 1 - np.eye(len(sums.levels_q))
    return _compute(sums.coincidences_bqq, different_qq)


def ordinal(sums: Sums) -> Floats:
    return ordinal_of(sums.coincidences_bqq)


def interval(sums: Sums) -> Floats:
    return _compute(sums.coincidences_bqq, (sums.levels_q[:, None] - sums.levels_q) ** 2)


def ordinal_of(coincidences_bqq: Floats) -> Floats:
    """Two levels are as far apart as the ratings that lie between their middles."""
    number_bq = coincidences_bqq.sum(axis=2)
    middle_bq = number_bq.cumsum(axis=1) - number_bq / 2
    return _compute(coincidences_bqq, (middle_bq[:, :, None] - middle_bq[:, None, :]) ** 2)


def _compute(coincidences_bqq: Floats, distances_qq: Floats) -> Floats:
    """`distances_qq` may have a leading axis b. NaN where all pairable ratings are of one level."""
    number_bq = coincidences_bqq.sum(axis=2)
    number_b = number_bq.sum(axis=1)
    observed_b = (coincidences_bqq * distances_qq).sum(axis=(1, 2))
    by_chance_b = (number_bq[:, :, None] * number_bq[:, None, :] * distances_qq).sum(axis=(1, 2))
    alpha_b = np.full(len(number_b), np.nan)
    np.divide(observed_b * (number_b - 1), by_chance_b, out=alpha_b, where=by_chance_b > 0)
    return 1 - alpha_b
