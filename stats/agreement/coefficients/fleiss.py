"""Fleiss' kappa, for any number of ratings of an item.

Fleiss 1971, Psychological Bulletin 76, 378-382; with missing ratings as Gwet 2014: observed
agreement is that of pairable items, chance agreement comes from the shares of the levels over all
items.
"""

import numpy as np
from numpy.typing import NDArray

from stats.agreement.coefficients import chance, percent
from stats.agreement.sums import Sums


def kappa(sums: Sums) -> NDArray[np.float64]:
    share_bq = sums.proportions_bq / sums.num_items_b[:, None]
    return chance.correct(percent.exact(sums), (share_bq**2).sum(axis=1))
