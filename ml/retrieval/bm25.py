"""Okapi BM25 with the idf of Lucene, which is never negative.

    idf(t) = ln(1 + (N - n(t) + 1/2) / (n(t) + 1/2))
    score(q, d) = sum over t in q of idf(t) f(t, d) (k1 + 1) / (f(t, d) + k1 (1 - b + b |d| / mean))

A word that a question says twice counts twice. Sums are made in the order of the words, so equal
texts have equal scores.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Scores = NDArray[np.float64]  # [N]


class Bm25:
    """Of documents that are lists of words, each a row of an array by word: who has it, and what
    that is worth.
    """

    def __init__(
        self, documents: Sequence[Sequence[str]], *, k1: float = 1.2, b: float = 0.75
    ) -> None:
        self.num_documents = len(documents)
        self._numbers: dict[str, int] = {}
        rows, columns, counts = [], [], []
        for column, words in enumerate(documents):
            for word, count in Counter(words).items():
                rows.append(self._numbers.setdefault(word, len(self._numbers)))
                columns.append(column)
                counts.append(count)
        size = (len(self._numbers), len(documents))
        table = sparse.csr_array(
            (np.array(counts, np.float64), (np.array(rows, int), np.array(columns, int))), size
        )
        lengths = np.array([len(words) for words in documents], np.float64)
        self._weights = _weigh(table, lengths, k1, b)

    def score(self, words: Sequence[str]) -> Scores:
        """Of every document; 0 where it has none of the words."""
        scores = np.zeros(self.num_documents)
        table = self._weights
        known = Counter(word for word in words if word in self._numbers)
        for word, count in sorted(known.items()):
            row = self._numbers[word]
            part = slice(table.indptr[row], table.indptr[row + 1])
            scores[table.indices[part]] += count * table.data[part]
        return scores


def _weigh(
    table: sparse.csr_array, lengths: NDArray[np.float64], k1: float, b: float
) -> sparse.csr_array:
    mean = lengths.mean() if lengths.any() else 1.0
    having = np.diff(table.indptr)
    idf = np.log1p((len(lengths) - having + 0.5) / (having + 0.5))
    damping = k1 * (1 - b + b * lengths / mean)
    weights = table.copy()
    weights.data = (
        np.repeat(idf, having) * table.data * (k1 + 1) / (table.data + damping[table.indices])
    )
    return weights
