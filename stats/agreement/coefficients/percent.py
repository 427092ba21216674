"""Percent agreement: mean over pairable items of the share of pairs of ratings that agree.

NaN where no item was rated twice; shape (b,), b weightings of the items.
"""

import numpy as np
from numpy.typing import NDArray

from stats.agreement.sums import Sums

Floats = NDArray[np.float64]


def exact(sums: Sums) -> Floats:
    return average(sums.exact_b, sums.num_pairable_b)


def within_one(sums: Sums) -> Floats:
    return average(sums.within_one_b, sums.num_pairable_b)


def quadratic(sums: Sums) -> Floats:
    return average(sums.quadratic_b, sums.num_pairable_b)


def average(sum_b: Floats, number_b: Floats) -> Floats:
    mean_b = np.full(sum_b.shape, np.nan)
    np.divide(sum_b, number_b, out=mean_b, where=number_b > 0)
    return mean_b
