"""Keeping and gaining by benchmarks alone, for models that people do not rate, such as encoders:
what a run says globally beside what it, or another, says regionally.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.benchmarks.models import Benchmark, Score
from domain.results import errors, global_quality
from domain.results.global_quality import FILE, Scored
from domain.results.report import Facts
from domain.variants import queries as variants
from domain.variants.models import Variant, VariantRole
from stats import tables

Scope = Literal["global", "regional"]
_COLUMNS = ("variant", "beta", "scope", "item_id", "score")
_FEWEST = 2  # variants: the base and something beside it


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a benchmark over several variants, in one scope."""

    job_id: uuid.UUID
    benchmark: str
    mode: str
    judge: str
    metric: str
    num_variants: int

    @property
    def label(self) -> str:
        return f"{self.benchmark}, {self.mode}, {self.metric}"


def list_runs(session: Session, scope: Scope, *, limit: int = 50) -> list[Run]:
    """The newest first."""
    return _select(session, scope, limit=limit)


def get_run(session: Session, job_id: uuid.UUID, scope: Scope) -> Run:
    """Also one that is too old to be offered."""
    found = _select(session, scope, Score.job_id == job_id, limit=1)
    if not found:
        raise errors.NoRun(job_id, scope)
    return found[0]


def _select(session: Session, scope: Scope, *where: ColumnElement[bool], limit: int) -> list[Run]:
    columns = (Score.job_id, Benchmark.name, Score.mode, Score.judge, Score.metric)
    num = func.count(Score.variant_id.distinct())
    rows = session.execute(
        select(*columns, num)
        .join(Benchmark, Benchmark.id == Score.benchmark_id)
        .where(Score.scope == scope, *where)
        .group_by(*columns)
        .having(num >= _FEWEST)
        .order_by(Score.job_id.desc())
        .limit(limit)
    )
    return [
        Run(
            job_id=job_id, benchmark=name, mode=mode, judge=judge, metric=metric, num_variants=found
        )
        for job_id, name, mode, judge, metric, found in rows
    ]


def measure(session: Session, *, globally: Run, regionally: Run, alpha: float | None) -> Facts:
    """As stats prints a frontier. Raises FrontierImpossible with the reason."""
    sides = (_read(session, globally, "global"), _read(session, regionally, "regional"))
    return _compute(sides, alpha)


def _compute(sides: Sequence[Scored], alpha: float | None) -> Facts:
    # As service.compute does it: scipy takes half a second to load.
    from domain.results.computing.comparing import read_scores  # noqa: PLC0415 - see above
    from stats.frontier import as_json, evidence  # noqa: PLC0415 - the same
    from stats.frontier.evidence import Question  # noqa: PLC0415 - the same
    from stats.frontier.scales import ScoresWrong  # noqa: PLC0415 - the same

    globally, regionally = (read_scores(side) for side in sides)
    try:
        found = evidence.measure(globally, regionally, Question(alpha=alpha, split_seed=0))
    except ScoresWrong as error:
        raise errors.FrontierImpossible(str(error)) from error
    return as_json.describe(found)


def _read(session: Session, run: Run, scope: Scope) -> Scored:
    """By the names of rows: two runs call the same variant differently."""
    artifact = global_quality.find_answers(session, run.job_id)
    if artifact is None:
        raise errors.ItemsGone(run.label)
    with storage.open_read(storage.join(artifact.uri, FILE)) as file:
        table = tables.parse(file.read().decode("utf-8"), FILE, _COLUMNS)
    ids = global_quality.map_names(session, run.job_id)
    rows = variants.list_by_id(session, list(ids.values()))
    of_name = {name: rows[row_id] for name, row_id in ids.items() if row_id in rows}
    found = Scored(label=run.label, variant=[], beta=[], prompt=[], value=[], tie=[])
    for row in table.rows:
        variant = of_name.get(row.get("variant"))
        if row.get("scope") != scope or variant is None:
            continue
        beta = float(row.get("beta")) if row.get("beta") else _find_beta(variant)
        if beta is not None:
            found.add(variant.name, row, beta=beta)
    return found


def _find_beta(variant: Variant) -> float | None:
    """Of a model that was scored by itself; a sweep says it of each."""
    ends: dict[str, float] = {VariantRole.BASE: 0.0, VariantRole.TUNED: 1.0}
    return ends.get(variant.role) if variant.role in ends else variant.beta
