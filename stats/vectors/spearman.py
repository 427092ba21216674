"""Spearman's rank correlation: Pearson's correlation of ranks, where what is equal shares the mean
of the ranks that it takes up (Spearman 1904; Kendall 1948, chapter 3).

Legend of shapes: n rankings, c candidates.
"""

import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.float64]


def rank(scores_nc: _Numbers) -> _Numbers:
    """From 1, the lowest score first; the mean rank where scores are equal."""
    order_nc = np.argsort(scores_nc, axis=1, kind="stable")
    sorted_nc = np.take_along_axis(scores_nc, order_nc, axis=1)
    return np.stack(
        [
            _rank_one(order_c, scores_c)
            for order_c, scores_c in zip(order_nc, sorted_nc, strict=True)
        ]
    )


def _rank_one(order_c: NDArray[np.intp], sorted_c: _Numbers) -> _Numbers:
    begins = np.flatnonzero(np.r_[True, sorted_c[1:] != sorted_c[:-1]])
    ends = np.r_[begins[1:], len(sorted_c)]
    # Places begin to end - 1, from 0, are the ranks begin + 1 to end.
    means = (begins + 1 + ends) / 2
    ranks_c = np.empty(len(sorted_c))
    ranks_c[order_c] = np.repeat(means, ends - begins)
    return ranks_c


def correlate(ranks_nc: _Numbers, others_nc: _Numbers) -> _Numbers:  # [N]
    """Of each ranking with the one in the same row; NaN where one holds everything equal."""
    one_nc = ranks_nc - ranks_nc.mean(axis=1, keepdims=True)
    other_nc = others_nc - others_nc.mean(axis=1, keepdims=True)
    lengths_n = np.sqrt((one_nc**2).sum(axis=1) * (other_nc**2).sum(axis=1))
    products_n = (one_nc * other_nc).sum(axis=1)
    found = np.full(len(ranks_nc), np.nan)
    np.divide(products_n, lengths_n, out=found, where=lengths_n > 0)
    return found
