"""Vectors that are the same, number for number.

A matrix product rounds its last rows and columns in another way than those before them: what has
the same vector has similarities that differ in the last digit, and would not tie. So each takes the
similarities of the first that has its vector. Nothing is rounded: vectors that differ in a last
digit are different, and so may their similarities be.

Legend of shapes: n vectors, d numbers in a vector.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray


def find_first(vectors_nd: NDArray[np.floating]) -> NDArray[np.intp]:  # [N]
    """Of each vector, the place of the first that is the same."""
    places: dict[bytes, int] = {}
    return np.array(
        [places.setdefault(_digest(each), place) for place, each in enumerate(vectors_nd)],
        dtype=np.intp,
    )


def _digest(vector_d: NDArray[np.floating]) -> bytes:
    """Short, as there may be many; 0 and -0 are the same."""
    return hashlib.blake2b((vector_d + 0.0).tobytes(), digest_size=16).digest()
