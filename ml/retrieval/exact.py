"""The nearest of many vectors, exactly: no index that forgets, and no full matrix of scores.

Blocks of vectors are multiplied with the questions in float32. How far such a product may be off is
known, so whatever may be among the best is kept and measured once more in float64, always in the
same order of summing: results do not depend on blocks, on neighbours or on threads, and equal
vectors have equal scores. Of equal scores the earlier row is first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # [N, D], each of length 1
_BLOCK_QUERIES = 128
_BLOCK_VALUES = 2**21  # scores at once: few enough for a cache, enough to keep threads busy
_SAMPLE = 4096  # of a block's scores, for a first idea of which may be among the best
_MOST_VALUES = 2**22  # measured at once in float64


@dataclass(frozen=True)
class Nearest:
    """Of one question, best first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]


def search(vectors: Vectors, queries: Vectors, k: int) -> list[Nearest]:
    """The k rows of `vectors` with the largest inner product, for each query."""
    found: list[Nearest] = []
    for start in range(0, len(queries), _BLOCK_QUERIES):
        found += _search_block(vectors, queries[start : start + _BLOCK_QUERIES], k)
    return found


def _search_block(vectors: Vectors, queries: Vectors, k: int) -> list[Nearest]:
    k = min(k, len(vectors))
    if k == 0:
        return [Nearest(np.zeros(0, np.int64), np.zeros(0))] * len(queries)
    kept = _Kept(len(queries), k, _bound_error(vectors.shape[1]))
    step = max(1, _BLOCK_VALUES // len(queries))
    for start in range(0, len(vectors), step):
        kept.add(queries @ vectors[start : start + step].T, start)
    return [
        _measure(vectors, query, kept.list_rows(number), k) for number, query in enumerate(queries)
    ]


def _bound_error(width: int) -> np.float32:
    """Twice of what two scores of vectors of length 1 may be off together: the classic bound on an
    inner product, with room for lengths that are 1 only nearly.
    """
    return np.float32(4 * (width + 2) * np.finfo(np.float32).eps)


class _Kept:
    """Rows that may be among the k best of each query, from the blocks so far."""

    def __init__(self, num_queries: int, k: int, margin: np.float32) -> None:
        self.k, self.margin = k, margin
        self.rows = [np.zeros(0, np.int64) for _ in range(num_queries)]
        self.scores = [np.zeros(0, np.float32) for _ in range(num_queries)]
        self.least = np.full(num_queries, -np.inf, np.float32)

    def add(self, block: NDArray[np.float32], first_row: int) -> None:
        """`block` [Q, rows] holds scores."""
        if first_row == 0:
            self._look_ahead(block)
        width = block.shape[1]
        at = np.flatnonzero(block >= self.least[:, None])
        scores = block.ravel()[at]
        bounds = np.searchsorted(at, np.arange(len(self.least) + 1) * width)
        for number, start in enumerate(bounds[:-1]):
            part = slice(start, bounds[number + 1])
            rows = at[part] - number * width + first_row
            self.rows[number] = np.concatenate([self.rows[number], rows])
            self.scores[number] = np.concatenate([self.scores[number], scores[part]])
            if len(self.rows[number]) > 2 * self.k:
                self._drop(number)

    def _look_ahead(self, block: NDArray[np.float32]) -> None:
        """The k-th best of some scores cannot be above the k-th best of all."""
        some = block[:, :: max(1, block.shape[1] // max(_SAMPLE, 2 * self.k))]
        if some.shape[1] >= self.k:
            self.least = np.partition(some, -self.k, axis=1)[:, -self.k] - self.margin

    def _drop(self, number: int) -> None:
        scores = self.scores[number]
        self.least[number] = np.partition(scores, -self.k)[-self.k] - self.margin
        stay = scores >= self.least[number]
        self.rows[number], self.scores[number] = self.rows[number][stay], scores[stay]

    def list_rows(self, number: int) -> NDArray[np.int64]:
        if len(self.rows[number]) > self.k:
            self._drop(number)
        return self.rows[number]


def _measure(vectors: Vectors, query: Vectors, rows: NDArray[np.int64], k: int) -> Nearest:
    wide = query.astype(np.float64)
    step = max(1, _MOST_VALUES // max(1, len(wide)))
    scores = np.concatenate([
        (vectors[rows[start : start + step]] * wide).sum(axis=1)
        for start in range(0, len(rows), step)
    ])  # fmt: skip
    order = np.lexsort((rows, -scores))[:k]
    return Nearest(rows[order], scores[order])
