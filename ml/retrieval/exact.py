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
_BLOCK_ROWS = 8192
_BLOCK_QUERIES = 128
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
    margin = _bound_error(vectors.shape[1])
    kept = _Kept(len(queries), k, margin)
    for start in range(0, len(vectors), _BLOCK_ROWS):
        kept.add(queries @ vectors[start : start + _BLOCK_ROWS].T, start)
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
        if block.shape[1] > self.k and not np.isfinite(self.least).all():
            # A look at every fourth row is enough to leave most of the first block out.
            self._tighten(block[:, ::4] if block.shape[1] >= 4 * self.k else block)
        for number in np.flatnonzero(block.max(axis=1) >= self.least):
            columns = np.flatnonzero(block[number] >= self.least[number])
            self.rows[number] = np.concatenate([self.rows[number], columns + first_row])
            self.scores[number] = np.concatenate([self.scores[number], block[number, columns]])
            self._drop(number)

    def _tighten(self, some: NDArray[np.float32]) -> None:
        """The k-th of some of the scores cannot be above the k-th of all."""
        if some.shape[1] >= self.k:
            kth = np.partition(some, -self.k, axis=1)[:, -self.k]
            self.least = np.maximum(self.least, kth - self.margin)

    def _drop(self, number: int) -> None:
        scores = self.scores[number]
        if len(scores) <= self.k:
            return
        least = np.partition(scores, -self.k)[-self.k] - self.margin
        self.least[number] = max(self.least[number], least)
        stay = scores >= least
        self.rows[number], self.scores[number] = self.rows[number][stay], scores[stay]

    def list_rows(self, number: int) -> NDArray[np.int64]:
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
