"""All hashes within a distance of one, without comparing it with each.

Of 64 bits in four bands of 16, two hashes that differ in at most 11 bits differ in at most 2 bits
of some band (pigeonhole). So each band keeps an order by its 16 bits, and a search looks into the
137 places that lie within 2 bits: 24 bytes a hash, and about a hundredth of the comparisons. The
latest hashes are compared one by one until they are many enough to be ordered too.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

BANDS, BAND_BITS = 4, 16
MOST_DISTANCE = 11
TAIL = 2**16


class HashIndex:
    def __init__(self, max_distance: int, *, tail: int = TAIL) -> None:
        if not 0 <= max_distance <= MOST_DISTANCE:
            raise ValueError(f"A distance of {max_distance} is not from 0 to {MOST_DISTANCE}.")
        self._max_distance = max_distance
        self._tail = tail
        self._masks = _list_masks(max_distance // BANDS)
        self._hashes = np.zeros(1024, np.uint64)
        self._count = 0
        self._num_ordered = 0
        self._orders: list[NDArray[np.uint32]] = []
        self._starts: list[NDArray[np.int64]] = []

    def __len__(self) -> int:
        return self._count

    def extend(self, hashes: NDArray[np.uint64]) -> None:
        end = self._count + len(hashes)
        if end > len(self._hashes):
            grown = np.zeros(max(end, 2 * len(self._hashes)), np.uint64)
            grown[: self._count] = self._hashes[: self._count]
            self._hashes = grown
        self._hashes[self._count : end] = hashes
        self._count = end
        # A quarter more than before: the work of ordering stays a small part of the whole.
        if self._count - self._num_ordered > max(self._tail, self._num_ordered // 4):
            self._order()

    def add(self, value: int) -> int:
        """Returns its index."""
        self.extend(np.array([value], np.uint64))
        return self._count - 1

    def search(self, value: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices and distances, the nearest first; of two as near, the earlier one."""
        wanted = np.uint64(value)
        tail = np.arange(self._num_ordered, self._count)
        candidates = np.concatenate([*self._look_into_bands(value), tail])
        distances = np.bitwise_count(self._hashes[candidates] ^ wanted).astype(np.int64)
        is_near = distances <= self._max_distance
        indices, first = np.unique(candidates[is_near], return_index=True)
        distances = distances[is_near][first]
        order = np.lexsort((indices, distances))
        return indices[order], distances[order]

    def _look_into_bands(self, value: int) -> list[NDArray[np.int64]]:
        found = []
        for band, (order, starts) in enumerate(zip(self._orders, self._starts, strict=True)):
            keys = self._masks ^ ((value >> (band * BAND_BITS)) & 0xFFFF)
            begins, ends = starts[keys], starts[keys + 1]
            places = _join_ranges(begins, ends)
            found.append(order[places].astype(np.int64))
        return found

    def _order(self) -> None:
        self._num_ordered = self._count
        self._orders, self._starts = [], []
        for band in range(BANDS):
            shifted = self._hashes[: self._count] >> np.uint64(band * BAND_BITS)
            keys = (shifted & np.uint64(0xFFFF)).astype(np.uint16)
            self._orders.append(np.argsort(keys, kind="stable").astype(np.uint32))
            sizes = np.bincount(keys, minlength=2**BAND_BITS)
            self._starts.append(np.concatenate([[0], np.cumsum(sizes)]))


def _list_masks(most_bits: int) -> NDArray[np.int64]:
    masks = [
        sum(1 << bit for bit in bits)
        for num in range(most_bits + 1)
        for bits in combinations(range(BAND_BITS), num)
    ]
    return np.array(masks, np.int64)


def _join_ranges(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """begin, begin + 1, ... end - 1 of each pair, one after another."""
    sizes = ends - begins
    total = int(sizes.sum())
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    joined: NDArray[np.int64] = np.arange(total) + np.repeat(begins - before, sizes)
    return joined
