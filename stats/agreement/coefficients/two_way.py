"""ICC(A,1), ICC(A,k), ICC(C,1) and ICC(C,k): the same raters for every item.

McGraw and Wong 1996, Psychological Methods 1, 30-46, cases 2 and 3: absolute agreement and
consistency. On the complete block: the items that every rater has rated.

Legend of shapes: n items of the block, k raters, u distinct rows, b weightings of the items.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.agreement import counts as grouping
from stats.agreement.coefficients import mean_squares
from stats.agreement.ratings import Ratings
from stats.agreement.resampling import Bootstrap

Floats = NDArray[np.float64]
_FEWEST_RATERS = 2


@dataclass(frozen=True)
class Block:
    """The distinct rows of the complete block, as figures that are summed over items."""

    num_items: int
    num_raters: int
    num_items_u: NDArray[np.int64]
    figures_uf: Floats
    tolerance: float

    def add_up(self) -> Floats:
        return self.num_items_u[None, :].astype(np.float64) @ self.figures_uf

    def draw(self, bootstrap: Bootstrap) -> Floats:
        return bootstrap.draw(self.num_items_u, self.figures_uf)


@dataclass(frozen=True)
class TwoWay:
    items_b: Floats  # mean squares
    raters_b: Floats
    rest_b: Floats
    block: Block

    def agreement_single(self) -> Floats:
        k, n = self.block.num_raters, self.block.num_items
        whole_b = self.items_b + (k - 1) * self.rest_b + k / n * (self.raters_b - self.rest_b)
        return self._share(whole_b)

    def agreement_average(self) -> Floats:
        return self._share(self.items_b + (self.raters_b - self.rest_b) / self.block.num_items)

    def consistency_single(self) -> Floats:
        return self._share(self.items_b + (self.block.num_raters - 1) * self.rest_b)

    def consistency_average(self) -> Floats:
        return self._share(self.items_b)

    def _share(self, whole_b: Floats) -> Floats:
        return mean_squares.share(self.items_b - self.rest_b, whole_b, self.block.tolerance)


def find_block(ratings: Ratings) -> Block | None:
    num_raters = len(ratings.raters)
    is_complete_i = np.bincount(ratings.items_r, minlength=len(ratings.items)) == num_raters
    num_items = int(is_complete_i.sum())
    if num_raters < _FEWEST_RATERS or not num_items:
        return None
    in_block_r = is_complete_i[ratings.items_r]
    place_i = np.cumsum(is_complete_i) - 1
    levels_nk = np.empty((num_items, num_raters), dtype=np.int64)
    levels_nk[place_i[ratings.items_r[in_block_r]], ratings.raters_r[in_block_r]] = (
        ratings.levels_r[in_block_r]
    )
    first_u, _, num_items_u = grouping.group_rows(levels_nk)
    # From the middle of the scale, so that little is lost by subtracting.
    middle = (ratings.levels_q[0] + ratings.levels_q[-1]) / 2
    values_uk = ratings.levels_q[levels_nk[first_u]] - middle
    mean_u = values_uk.mean(axis=1)
    figures_uf = np.column_stack([mean_u, mean_u**2, (values_uk**2).sum(axis=1), values_uk])
    tolerance = mean_squares.tolerance(ratings.levels_q)
    return Block(num_items, num_raters, num_items_u, figures_uf, tolerance)


def analyse(block: Block, sums_bf: Floats) -> TwoWay:
    """Of at least two items; squares as in the analysis of variance without replication."""
    n, k = block.num_items, block.num_raters
    means_b, squared_means_b, squares_b = sums_bf[:, 0], sums_bf[:, 1], sums_bf[:, 2]
    grand_b = n * k * (means_b / n) ** 2
    items_b = k * squared_means_b - grand_b
    raters_b = n * ((sums_bf[:, 3:] / n) ** 2).sum(axis=1) - grand_b
    rest_b = squares_b - grand_b - items_b - raters_b
    return TwoWay(items_b / (n - 1), raters_b / (k - 1), rest_b / ((n - 1) * (k - 1)), block)
