"""How often each item was given each level; items with equal counts are one row.

However many items there are, only few rows of counts differ, and every coefficient here depends on
an item through its row alone. So a bootstrap over items is a multinomial over rows.

Legend of shapes: r ratings, i items, q levels, u distinct rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.agreement.ratings import Ratings

_LARGEST_KEY = 2**62
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    counts_uq: Whole
    num_items_u: Whole  # how many items have this row
    row_i: Whole  # which row an item has

    @property
    def num_ratings_u(self) -> Whole:
        number_u: Whole = self.counts_uq.sum(axis=1)
        return number_u


def count(ratings: Ratings) -> Counts:
    num_items, num_levels = len(ratings.items), len(ratings.levels_q)
    cells_r = ratings.items_r.astype(np.int64) * num_levels + ratings.levels_r
    counts_iq = np.bincount(cells_r, minlength=num_items * num_levels)
    counts_iq = counts_iq.reshape(num_items, num_levels)
    first_u, row_i, num_items_u = group_rows(counts_iq)
    return Counts(counts_iq[first_u], num_items_u, row_i)


def group_rows(matrix_nc: Whole) -> tuple[Whole, Whole, Whole]:
    """Of the distinct rows in rising order: one row that has it, which a row has, and how often.

    The matrix holds whole numbers from 0 on. Each row becomes one number, column by column.
    """
    if not matrix_nc.size:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    keys = np.zeros(len(matrix_nc), dtype=np.int64)
    span = int(matrix_nc.max()) + 1
    bound = 1
    for column in matrix_nc.T:
        if bound > _LARGEST_KEY // span:
            distinct, keys = np.unique(keys, return_inverse=True)
            bound = len(distinct)
        keys = keys * span + column
        bound *= span
    _, first, which, number = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    return first, which, number
