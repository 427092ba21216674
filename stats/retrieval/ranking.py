"""The rank of what was looked for among what was found.

The rule for ties: wrong candidates of the same score stand BEFORE a right one. A model that gives
everything the same score has found nothing, and no order of the candidates can help it. Scores are
compared as they are, to the last digit: whoever computes them gives equal things equal ones.

Legend of shapes: q queries, c candidates.
"""

import numpy as np
from numpy.typing import NDArray

from stats.labels import Mask


class NoRank(ValueError):
    """Scores from which no order follows, or a query to which nothing is right."""


def rank_first_right(
    scores_qc: NDArray[np.floating], right_qc: Mask
) -> NDArray[np.int64]:  # [Q], from 1
    """Of the best right candidate, counting the wrong ones before it: other right candidates push
    nobody down. Higher scores are better.
    """
    if scores_qc.shape != right_qc.shape:
        raise NoRank(
            f"There are scores of the shape {list(scores_qc.shape)} and marks of what is right of "
            f"the shape {list(right_qc.shape)}."
        )
    if not np.isfinite(scores_qc).all():
        raise NoRank("A score is NaN or infinite; there is no order among such.")
    lost = np.flatnonzero(~right_qc.any(axis=1))
    if lost.size:
        raise NoRank(f"To query number {lost[0]:,}, counted from 0, no candidate is right.")
    best_q = np.where(right_qc, scores_qc, -np.inf).max(axis=1)
    before_qc = ~right_qc & (scores_qc >= best_q[:, None])
    ranks: NDArray[np.int64] = 1 + before_qc.sum(axis=1, dtype=np.int64)
    return ranks
