"""One language in one scope: what is looked for, and among what.

Texts that are word for word the same are one candidate, which is right for all of its pictures, and
pictures of one digest are one; so several texts may be right for a picture, and the reverse.
Candidates of one vector have one score, so that they tie (`stats.vectors.twins`).

Legend of shapes: p pictures, t texts, q queries, c candidates, d the vectors' length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.benchmarks.embeddings.phrases import Phrase
from ml.benchmarks.embeddings.vectors import Found
from ml.benchmarks.ties import Tie
from stats.labels import Mask
from stats.retrieval.ranking import rank_first_right
from stats.retrieval.score import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Query
from stats.vectors import twins

_QUERIES_AT_ONCE = 256
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Pair:
    key: str
    picture: str
    phrase: Phrase
    language: str
    scope: str
    tie: Tie
    labels: tuple[str, ...]


class Pool:
    """What is looked for and among what: one language in one scope."""

    def __init__(self, scope: str, language: str, pairs: Sequence[Pair]) -> None:
        self.scope, self.language = scope, language
        # By the first pair that has it, which lends its key and labels.
        self.pictures: dict[str, Pair] = {}
        self.texts: dict[Phrase, Pair] = {}
        for pair in pairs:
            self.pictures.setdefault(pair.picture, pair)
            self.texts.setdefault(pair.phrase, pair)
        rows = {picture: row for row, picture in enumerate(self.pictures)}
        columns = {phrase: column for column, phrase in enumerate(self.texts)}
        self._right = np.array(
            [(rows[pair.picture], columns[pair.phrase]) for pair in pairs], dtype=np.int64
        )

    def list_queries(self, found: Found) -> Iterator[Query]:
        pictures_pd = found.find_pictures(list(self.pictures)).astype(np.float64)
        texts_td = found.find_phrases(list(self.texts)).astype(np.float64)
        for direction, asked_qd, among_cd, asking, right in (
            (IMAGE_TO_TEXT, pictures_pd, texts_td, self.pictures.values(), self._right),
            (TEXT_TO_IMAGE, texts_td, pictures_pd, self.texts.values(), self._right[:, ::-1]),
        ):
            ranks = _rank(asked_qd, among_cd, right)
            for pair, rank in zip(asking, ranks, strict=True):
                yield Query(
                    key=pair.key,
                    direction=direction,
                    language=self.language,
                    rank=rank,
                    num_candidates=len(among_cd),
                    labels=pair.labels,
                )

    def list_ties(self) -> Iterator[tuple[str, Tie]]:
        for direction, asking in (
            (IMAGE_TO_TEXT, self.pictures.values()),
            (TEXT_TO_IMAGE, self.texts.values()),
        ):
            for pair in asking:
                yield f"{direction} {pair.key}", pair.tie


def _rank(asked_qd: _Numbers, among_cd: _Numbers, right: NDArray[np.int64]) -> list[int]:
    """`right` holds pairs of a query's place and that of a candidate which is right. Some queries
    at a time: memory grows with the candidates, not with their square.
    """
    ranks: list[int] = []
    first_c = twins.find_first(among_cd)
    for start in range(0, len(asked_qd), _QUERIES_AT_ONCE):
        scores_qc = (asked_qd[start : start + _QUERIES_AT_ONCE] @ among_cd.T)[:, first_c]
        right_qc: Mask = np.zeros(scores_qc.shape, dtype=bool)
        here = right[(right[:, 0] >= start) & (right[:, 0] < start + len(scores_qc))]
        right_qc[here[:, 0] - start, here[:, 1]] = True
        ranks += rank_first_right(scores_qc, right_qc).tolist()
    return ranks
