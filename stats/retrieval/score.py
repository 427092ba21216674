"""From ranks to one score that carries its mode: per cent of one measure over all queries, each of
them once, with all measures beside it by direction and language.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stats.retrieval.measures import MEASURES, Ranks

SCALE = 100.0
IMAGE_TO_TEXT, TEXT_TO_IMAGE = "image-to-text", "text-to-image"
DIRECTIONS = (IMAGE_TO_TEXT, TEXT_TO_IMAGE)
MODE = "retrieval"


@dataclass(frozen=True, kw_only=True)
class Query:
    key: str  # unique within a direction
    direction: str
    language: str
    rank: int
    num_candidates: int
    labels: tuple[str, ...] = ()  # groups that are reported apart, such as 'language:xx'

    @property
    def name(self) -> str:
        """Unique among all queries."""
        return f"{self.direction} {self.key}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """All measures of one direction in one language, in per cent."""

    direction: str
    language: str
    num_queries: int
    num_candidates: int
    values: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    measure: str
    queries: Sequence[Query]

    @property
    def items(self) -> Mapping[str, float]:
        """Of each query, between 0 and 1."""
        values = MEASURES[self.measure](_collect(self.queries))
        return {query.name: float(value) for query, value in zip(self.queries, values, strict=True)}

    @property
    def score(self) -> float | None:
        return _average(self.queries, self.measure) if self.queries else None

    @property
    def by_label(self) -> Mapping[str, float]:
        groups: dict[str, list[Query]] = defaultdict(list)
        for query in self.queries:
            for label in (f"direction:{query.direction}", *query.labels):
                groups[label].append(query)
        return {label: _average(groups[label], self.measure) for label in sorted(groups)}

    def list_rows(self) -> list[Row]:
        groups: dict[tuple[str, str], list[Query]] = defaultdict(list)
        for query in self.queries:
            groups[query.direction, query.language].append(query)
        return [
            Row(
                direction=direction,
                language=language,
                num_queries=len(queries),
                num_candidates=queries[0].num_candidates,
                values={name: _average(queries, name) for name in MEASURES},
            )
            for (direction, language), queries in sorted(groups.items())
        ]

    def to_json(self) -> dict[str, Any]:
        """With the names that the score of a benchmark of pictures has, where it is the same."""
        whole = {
            direction: {name: _average(queries, name) for name in MEASURES}
            for direction in DIRECTIONS
            if (queries := [query for query in self.queries if query.direction == direction])
        }
        return {
            "mode": MODE,
            "score": self.score,
            "n_items": len(self.queries),
            "n_questions": len(self.queries),
            "gaps": 0,
            "malformed": 0,
            "left_out": [],
            "by_category": dict(self.by_label),
            "measures": whole,
            "rows": [
                {
                    "direction": row.direction,
                    "language": row.language,
                    "n_queries": row.num_queries,
                    "n_candidates": row.num_candidates,
                    **row.values,
                }
                for row in self.list_rows()
            ],
        }


def _collect(queries: Sequence[Query]) -> Ranks:
    return np.array([query.rank for query in queries], dtype=np.int64)


def _average(queries: Sequence[Query], measure: str) -> float:
    return SCALE * float(MEASURES[measure](_collect(queries)).mean())
