"""Scores that were computed elsewhere and stand in the rows: in a column or in the metadata."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ml.datasets.problems import shown
from ml.filtering.rows import Reason, Row
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Tools
from specs.filters.reward import Reward

_MOST_LISTED = 10


def build(spec: Reward, tools: Tools) -> Scorer:  # noqa: ARG001 - the form of every scorer
    return Scorer(score=partial(_score, spec.column))


def _score(column: str, rows: Sequence[Row]) -> list[float | Reason]:
    return [_score_row(column, row) for row in rows]


def _score_row(column: str, row: Row) -> float | Reason:
    found = _read(row.raw.metadata, column)
    if found is not None:
        return found
    known = ", ".join(shown(name) for name in list(row.raw.metadata)[:_MOST_LISTED])
    return Reason(
        "no_score", f"The row has no number in '{shown(column)}'; it has: {known or 'none'}."
    )


def _read(metadata: Mapping[str, Any], column: str) -> float | None:
    value = metadata.get(column)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
