"""Linear centred kernel alignment (CKA): how alike the vectors of two models lie, whatever the
direction and the width of each space (Kornblith et al. 2019, arXiv 1905.00414).

Debiased: with the unbiased estimator of the Hilbert-Schmidt independence criterion (Song et al.
2012), as the plain one nears 1 for any two models where vectors are longer than there are things.
It is 1 for the same vectors, turned or scaled too, about 0 for unrelated ones, and may be below 0.
Vectors that do not differ from each other are aligned with nothing: 0.

Legend of shapes: n things, d and e numbers in a vector of each model.
"""

import numpy as np
from numpy.typing import NDArray

FEWEST = 4  # things, for the unbiased estimator
_Numbers = NDArray[np.float64]


class NotAligned(ValueError):
    """Too few things, or others."""


def measure(one_nd: _Numbers, other_ne: _Numbers) -> float:
    """The same things in the same rows."""
    if len(one_nd) != len(other_ne):
        raise NotAligned(
            f"There are {len(one_nd)} vectors of one model and {len(other_ne)} of the other."
        )
    if len(one_nd) < FEWEST:
        raise NotAligned(f"Alignment needs at least {FEWEST} things; there are {len(one_nd)}.")
    one_nn, other_nn = _compare(one_nd), _compare(other_ne)
    with_each_other = estimate(one_nn, other_nn)
    with_itself = estimate(one_nn, one_nn) * estimate(other_nn, other_nn)
    if with_itself <= 0:
        return 0.0
    return float(with_each_other / np.sqrt(with_itself))


def _compare(vectors_nd: _Numbers) -> _Numbers:
    """Products of all with all but themselves. Centred first, which changes nothing but how many
    digits are lost.
    """
    centred_nd = vectors_nd - vectors_nd.mean(axis=0)
    products_nn: _Numbers = centred_nd @ centred_nd.T
    np.fill_diagonal(products_nn, 0.0)
    return products_nn


def estimate(one_nn: _Numbers, other_nn: _Numbers) -> float:
    """Song's: (tr(KL) + 1K1 1L1 / ((n-1)(n-2)) - 2 / (n-2) 1KL1) / (n (n-3)), of kernels without
    their diagonals.
    """
    n = len(one_nn)
    trace = float((one_nn * other_nn).sum())  # both are symmetric
    sums = float(one_nn.sum() * other_nn.sum()) / ((n - 1) * (n - 2))
    crossed = 2 * float(one_nn.sum(axis=0) @ other_nn.sum(axis=0)) / (n - 2)
    return (trace + sums - crossed) / (n * (n - 3))
