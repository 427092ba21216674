"""Linear centred kernel alignment (CKA): how alike the vectors of two models lie, whatever the
direction and the width of each space (Kornblith et al. 2019, arXiv 1905.00414).

Debiased: with the unbiased estimator of the Hilbert-Schmidt independence criterion (Song et al.
2012), as the plain one nears 1 for any two models where vectors are longer than there are things.
It is 1 for the same vectors, turned or scaled too, about 0 for unrelated ones, and may be below 0.
Vectors that do not differ from each other are aligned with nothing: 0.

The kernel being linear, sums over pairs of things are those of products d x e: memory does not grow
with the square of the things.

Legend of shapes: n things, d and e numbers in a vector of each model.
"""

import numpy as np
from numpy.typing import NDArray

from stats.vectors import blocks
from stats.vectors.blocks import Look

FEWEST = 4  # things, for the unbiased estimator
_THINGS_AT_ONCE = 1024
_Numbers = NDArray[np.float64]


class NotAligned(ValueError):
    """Too few things, or others."""


def measure(one_nd: _Numbers, other_ne: _Numbers, look: Look = blocks.go_on) -> float:
    """The same things in the same rows."""
    if len(one_nd) != len(other_ne):
        raise NotAligned(
            f"There are {len(one_nd)} vectors of one model and {len(other_ne)} of the other."
        )
    if len(one_nd) < FEWEST:
        raise NotAligned(f"Alignment needs at least {FEWEST} things; there are {len(one_nd)}.")
    one_nd, other_ne = _centre(one_nd), _centre(other_ne)
    with_each_other = estimate(one_nd, other_ne, look)
    with_itself = estimate(one_nd, one_nd, look) * estimate(other_ne, other_ne, look)
    if with_itself <= 0:
        return 0.0
    return float(with_each_other / np.sqrt(with_itself))


def _centre(vectors_nd: _Numbers) -> _Numbers:
    """Moved to the first one before: vectors that do not differ are 0 then, and not what their mean
    was rounded by.
    """
    moved_nd: _Numbers = vectors_nd - vectors_nd[0]
    moved_nd -= moved_nd.mean(axis=0)
    return moved_nd


def estimate(one_nd: _Numbers, other_ne: _Numbers, look: Look = blocks.go_on) -> float:
    """Song's: (tr(KL) + 1K1 1L1 / ((n-1)(n-2)) - 2 / (n-2) 1KL1) / (n (n-3)), of kernels without
    their diagonals. It is the same wherever the middle of the vectors lies; where that is 0, as it
    has to be here, each row of K sums up to what its diagonal had, but for the sign.
    """
    n = len(one_nd)
    products_de = np.zeros((one_nd.shape[1], other_ne.shape[1]))
    for block in blocks.cut(n, _THINGS_AT_ONCE, look):
        products_de += one_nd[block].T @ other_ne[block]
    one_n, other_n = (np.einsum("nd,nd->n", each, each) for each in (one_nd, other_ne))
    both = float(one_n @ other_n)
    trace = float(np.vdot(products_de, products_de)) - both
    sums = float(one_n.sum() * other_n.sum()) / ((n - 1) * (n - 2))
    crossed = 2 * both / (n - 2)
    return (trace + sums - crossed) / (n * (n - 3))
