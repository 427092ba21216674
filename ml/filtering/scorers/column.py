"""Scores that were computed elsewhere and stand in the rows: in a column or in the metadata."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ml.filtering.rows import Row
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Tools
from specs.filters.reward import Reward


def build(spec: Reward, tools: Tools) -> Scorer:  # noqa: ARG001 - the form of every scorer
    return Scorer(score=partial(_score, spec.column))


def _score(column: str, rows: Sequence[Row]) -> list[float | None]:
    return [_read(row.raw.metadata, column) for row in rows]


def _read(metadata: Mapping[str, Any], column: str) -> float | None:
    value = metadata.get(column)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
