"""Scores of models, in columns of what may be compared."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.benchmarks import queries as benchmarks
from domain.benchmarks.models import Score


@dataclass(frozen=True)
class ScoreColumn:
    """Scores that may be compared: of one benchmark, mode, judge, scope and metric."""

    benchmark_id: uuid.UUID
    benchmark: str
    mode: str
    judge: str
    scope: str
    metric: str


@dataclass(frozen=True)
class Scores:
    columns: Sequence[ScoreColumn]
    by_variant: Mapping[uuid.UUID, Mapping[ScoreColumn, Score]]

    def find(self, variant_id: uuid.UUID, column: ScoreColumn) -> Score | None:
        return self.by_variant.get(variant_id, {}).get(column)


def collect_scores(session: Session, variant_ids: Sequence[uuid.UUID]) -> Scores:
    latest = benchmarks.list_latest_scores(session, variant_ids) if variant_ids else []
    names = benchmarks.list_by_id(session, [score.benchmark_id for score in latest])
    by_variant: dict[uuid.UUID, dict[ScoreColumn, Score]] = {}
    columns: dict[ScoreColumn, None] = {}
    for score in latest:
        column = ScoreColumn(
            score.benchmark_id,
            names[score.benchmark_id].name,
            score.mode,
            score.judge,
            score.scope,
            score.metric,
        )
        columns[column] = None
        by_variant.setdefault(score.variant_id, {})[column] = score
    ordered = sorted(columns, key=lambda each: (each.benchmark, each.scope, each.mode, each.metric))
    return Scores(ordered, by_variant)
