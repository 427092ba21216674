"""Gwet's AC1, and AC2 with quadratic weights.

Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29-48; with missing
ratings and weights: Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition. Observed agreement
is that of pairable items, chance agreement comes from all items and all levels of the scale.
"""

import numpy as np
from numpy.typing import NDArray

from stats.agreement import weights
from stats.agreement.coefficients import chance, percent
from stats.agreement.sums import Sums

Floats = NDArray[np.float64]


def ac1(sums: Sums) -> Floats:
    return chance.correct(percent.exact(sums), _expect(sums, weights.exact(sums.levels_q)))


def ac2_quadratic(sums: Sums) -> Floats:
    return chance.correct(percent.quadratic(sums), _expect(sums, weights.quadratic(sums.levels_q)))


def _expect(sums: Sums, weights_qq: Floats) -> Floats:
    """Two raters, of whom one guesses: sum of weights / (q (q - 1)) times sum of p (1 - p)."""
    share_bq = sums.proportions_bq / sums.num_items_b[:, None]
    num_levels = len(weights_qq)
    scale = weights_qq.sum() / (num_levels * (num_levels - 1))
    return np.asarray(scale * (share_bq * (1 - share_bq)).sum(axis=1), dtype=np.float64)
