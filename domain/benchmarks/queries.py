"""What pages, the API and the terminal show of benchmarks and scores."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark, Score
from domain.shelf import queries as shelf


def list_benchmarks(
    session: Session, *, archived: bool = False, limit: int = 50, before: uuid.UUID | None = None
) -> Sequence[Benchmark]:
    """Newest first. `before` continues a list after its last row."""
    return shelf.list_rows(session, Benchmark, archived=archived, limit=limit, before=before)


def count_benchmarks(session: Session, *, archived: bool = False) -> int:
    return shelf.count_rows(session, Benchmark, archived=archived)


def list_scores(
    session: Session,
    *,
    variant_id: uuid.UUID | None = None,
    benchmark_id: uuid.UUID | None = None,
    job_id: uuid.UUID | None = None,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[Score]:
    """Newest first. `before` continues a list after its last row."""
    query = select(Score)
    for column, wanted in (
        (Score.variant_id, variant_id),
        (Score.benchmark_id, benchmark_id),
        (Score.job_id, job_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(Score.id < before)
    return session.scalars(query.order_by(Score.id.desc()).limit(limit)).all()


def list_latest_scores(session: Session, variant_ids: Sequence[uuid.UUID]) -> Sequence[Score]:
    """Of each variant the newest score per benchmark, mode, judge, scope and metric: what a table
    of variants shows. Only scores of one benchmark, mode and judge may be compared.
    """
    one = (
        *(Score.variant_id, Score.benchmark_id, Score.mode, Score.judge, Score.scope),
        Score.metric,
    )
    query = select(Score).where(Score.variant_id.in_(variant_ids)).ext(distinct_on(*one))
    return session.scalars(query.order_by(*one, Score.id.desc())).all()


def list_by_id(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Benchmark]:
    rows = session.scalars(select(Benchmark).where(Benchmark.id.in_(ids))).all() if ids else []
    return {row.id: row for row in rows}
