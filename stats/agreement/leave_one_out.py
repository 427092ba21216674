"""Krippendorff's ordinal alpha without each rater in turn: how much hangs on one of them.

Taking a rater away takes one rating from each of their items; what that does to the coincidences is
added up over rows of counts, so that a thousand raters cost little more than one.

Legend of shapes: r ratings, u distinct rows, g raters, q levels.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stats.agreement.coefficients import krippendorff
from stats.agreement.counts import Counts
from stats.agreement.ratings import Ratings

Floats = NDArray[np.float64]
# A coincidence is 0 or at least one over the number of raters; rounding stays far below this.
_NOTHING = 1e-6


def alphas(ratings: Ratings, counts: Counts) -> Floats:
    """Shape (g,), NaN where the others give no alpha."""
    counts_uq = counts.counts_uq.astype(np.float64)
    pairs_uqq = counts_uq[:, :, None] * (counts_uq[:, None, :] - np.eye(counts_uq.shape[1]))
    number_u = counts.num_ratings_u
    before_u = np.where(number_u > 1, 1 / np.maximum(number_u - 1, 1), 0)
    after_u = np.where(number_u > 2, 1 / np.maximum(number_u - 2, 1), 0)  # noqa: PLR2004 - two left
    total_qq = np.tensordot(counts.num_items_u * before_u, pairs_uqq, axes=1)
    # Without one rating of level l, pairs / (m - 1) become (pairs - e_l x rest - rest x e_l)
    # / (m - 2), where the rest are the item's other ratings.
    changes_uqq = (before_u - after_u)[:, None, None] * pairs_uqq
    lost_gqq = _add_up_by_rater(ratings, counts, changes_uqq, after_u[:, None] * counts_uq, after_u)
    left_gqq = total_qq - lost_gqq
    left_gqq[left_gqq < _NOTHING] = 0
    return krippendorff.ordinal_of(left_gqq)


def _add_up_by_rater(
    ratings: Ratings, counts: Counts, changes_uqq: Floats, others_uq: Floats, own_u: Floats
) -> Floats:
    num_raters, q = len(ratings.raters), len(ratings.levels_q)
    place_r = ratings.raters_r.astype(np.int64) * q + ratings.levels_r
    row_r = counts.row_i[ratings.items_r]
    shape = (num_raters * q, len(changes_uqq))
    times = sparse.coo_array((np.ones(len(place_r)), (place_r, row_r)), shape=shape).tocsr()
    figures = np.column_stack([changes_uqq.reshape(len(changes_uqq), -1), others_uq, own_u])
    summed = (times @ figures).reshape(num_raters, q, -1)
    changes_gqq = summed[:, :, : q * q].sum(axis=1).reshape(num_raters, q, q)
    rest_gqq = summed[:, :, q * q : -1] - summed[:, :, -1:] * np.eye(q)
    return np.asarray(changes_gqq + rest_gqq + rest_gqq.transpose(0, 2, 1), dtype=np.float64)
