"""A 64-bit perceptual hash: pictures that look alike have hashes that differ in few bits.

The signs of the 64 lowest frequencies of the grey picture at 32 x 32, each against their median.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 32
NUM_BITS = 64
Tiny = NDArray[np.uint8]  # [32, 32, 3]

_GREY = np.array([0.299, 0.587, 0.114])


def _make_cosines(num: int) -> NDArray[np.float64]:
    """[num, SIDE], the first rows of the discrete cosine transform."""
    places = (np.arange(SIDE) + 0.5) * math.pi / SIDE
    return np.cos(np.arange(num)[:, None] * places[None, :])


def _order_frequencies(num: int) -> NDArray[np.int64]:
    """The lowest first, without the mean; by rows where two are as low."""
    pairs = sorted((i + j, i, j) for i in range(num) for j in range(num) if i + j > 0)
    return np.array([i * num + j for _, i, j in pairs[:NUM_BITS]])


_NUM = 11  # enough rows and columns for the 64 lowest
_COSINES = _make_cosines(_NUM)
_LOWEST = _order_frequencies(_NUM)
_POWERS = np.uint64(1) << np.arange(NUM_BITS, dtype=np.uint64)


def shrink(picture: Image.Image) -> Tiny:
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def hash_tiny(tiny: Tiny) -> int:
    grey = tiny @ _GREY
    frequencies = (_COSINES @ grey @ _COSINES.T).ravel()[_LOWEST]
    bits = frequencies > np.median(frequencies)
    return int(_POWERS[bits].sum(dtype=np.uint64))


def mean_difference(tiny: Tiny, others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Of each of `others`, [N, 32, 32, 3], from 0 to 255."""
    return np.asarray(_differences(tiny, others).mean(axis=(1, 2, 3)))


def local_difference(
    tiny: Tiny, others: NDArray[np.uint8], *, cell: int = 4
) -> NDArray[np.float64]:
    """The largest mean difference of any cell of 4 x 4 pixels."""
    num = SIDE // cell
    cells = _differences(tiny, others).reshape(-1, num, cell, num, cell, 3).mean(axis=(2, 4, 5))
    return np.asarray(cells.max(axis=(1, 2)))


def _differences(tiny: Tiny, others: NDArray[np.uint8]) -> NDArray[np.int16]:
    return np.abs(others.astype(np.int16) - tiny.astype(np.int16))
