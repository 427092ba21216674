"""The items that raters disagree on most: where to look at the output itself.

Legend of shapes: i items, q levels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stats.agreement.counts import Counts
from stats.agreement.ratings import Ratings

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Shapes (i,); `order_i` lists items from the most to the least disagreed on."""

    num_ratings_i: NDArray[np.int64]
    counts_iq: NDArray[np.int64]
    mean_i: Floats
    entropy_i: Floats  # from 0, all alike, to 1, every level equally often
    range_i: Floats  # highest minus lowest value
    order_i: NDArray[np.int64]


def rank(ratings: Ratings, counts: Counts) -> Disagreement:
    """By entropy, then range; equals in the order of their first rating."""
    counts_uq, levels_q = counts.counts_uq, ratings.levels_q
    shares_uq = counts_uq / counts.num_ratings_u[:, None]
    entropy_u = special.entr(shares_uq).sum(axis=1) / np.log(len(levels_q))
    given_uq = counts_uq > 0
    highest_u = levels_q[len(levels_q) - 1 - given_uq[:, ::-1].argmax(axis=1)]
    range_u = highest_u - levels_q[given_uq.argmax(axis=1)]
    row_i = counts.row_i
    return Disagreement(
        num_ratings_i=counts.num_ratings_u[row_i],
        counts_iq=counts_uq[row_i],
        mean_i=(shares_uq @ levels_q)[row_i],
        entropy_i=entropy_u[row_i],
        range_i=range_u[row_i],
        order_i=np.lexsort((-range_u[row_i], -entropy_u[row_i])),
    )
