"""ICC(1,1) and ICC(1,k): raters are as good as different for every item.

McGraw and Wong 1996, Psychological Methods 1, 30-46, case 1; Shrout and Fleiss 1979. On the items
with the commonest count of ratings, k, among those with at least two.

Legend of shapes: b weightings of the items.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.agreement.coefficients import mean_squares
from stats.agreement.sums import Sums

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OneWay:
    between_b: Floats  # mean squares
    within_b: Floats
    count: int  # of ratings of an item
    tolerance: float

    def single(self) -> Floats:
        part_b = self.between_b + (self.count - 1) * self.within_b
        return mean_squares.share(self.between_b - self.within_b, part_b, self.tolerance)

    def average(self) -> Floats:
        return mean_squares.share(self.between_b - self.within_b, self.between_b, self.tolerance)


def analyse(sums: Sums) -> OneWay:
    count, number_b = sums.modal_count, sums.num_modal_b
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN where there is no second item
        spread_b = sums.squared_means_b - sums.means_b**2 / number_b
        between_b = np.where(number_b > 1, count * spread_b / (number_b - 1), np.nan)
        within_b = sums.within_b / (number_b * (count - 1))
    return OneWay(between_b, within_b, count, mean_squares.tolerance(sums.levels_q))
