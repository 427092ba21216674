"""Cohen's kappa with quadratic weights for every pair of raters, on the items both have rated.

Cohen 1968, Psychological Bulletin 70, 213-220. With quadratic weights it is made of sums of values,
squares and products over common items (Fleiss and Cohen 1973), each a product of sparse matrices.

Legend of shapes: r ratings, g raters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stats.agreement.ratings import Ratings

Floats = NDArray[np.float64]
MOST_RATERS = 3000  # four matrices of them by them


@dataclass(frozen=True)
class PairwiseKappa:
    kappa_gg: Floats  # NaN without a common item, and where both use one and the same level
    num_common_gg: NDArray[np.int64]


def measure(ratings: Ratings) -> PairwiseKappa:
    if len(ratings.raters) > MOST_RATERS:
        raise ValueError(
            f"A matrix of {len(ratings.raters):,} raters is too large; at most {MOST_RATERS:,}."
        )
    # From the middle of the scale and in halves of a unit where levels are whole: exact sums.
    values_r = ratings.values_r - (ratings.levels_q[0] + ratings.levels_q[-1]) / 2
    present, values, squares = (_spread(ratings, each) for each in (None, values_r, values_r**2))
    by_item = present.T.tocsr()
    number_gg = (present @ by_item).toarray()
    sums_gg = (values @ by_item).toarray()  # of the first rater's values
    squares_gg = (squares @ by_item).toarray()
    products_gg = (values @ values.T.tocsr()).toarray()
    both_gg = squares_gg + squares_gg.T
    observed_gg = (both_gg - 2 * products_gg) * number_gg
    by_chance_gg = both_gg * number_gg - 2 * sums_gg * sums_gg.T
    ratio_gg = np.full(number_gg.shape, np.nan)
    span = ratings.levels_q[-1] - ratings.levels_q[0]
    defined_gg = by_chance_gg > 1e-9 * span**2  # less is rounding
    np.divide(observed_gg, by_chance_gg, out=ratio_gg, where=defined_gg)
    return PairwiseKappa(1 - ratio_gg, np.rint(number_gg).astype(np.int64))


def _spread(ratings: Ratings, values_r: Floats | None) -> sparse.csr_array:
    """A row for each rater, a column for each item."""
    data_r = np.ones(len(ratings.items_r)) if values_r is None else values_r
    shape = (len(ratings.raters), len(ratings.items))
    return sparse.csr_array((data_r, (ratings.raters_r, ratings.items_r)), shape=shape)
