"""benchmark.run: records a score per variant."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks import service as benchmarks
from domain.benchmarks.models import Benchmark
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.variants import queries
from domain.variants.models import Variant
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from workers.kinds import Task

# The scale of every way of scoring: per cent of questions.
_LO, _HI = 0.0, 100.0


def record(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the contract of Record
) -> dict[str, Any]:
    return record_scores(session, job, result, reads="questions")


def record_scores(
    session: Session, job: Job, result: dict[str, Any], *, reads: str
) -> dict[str, Any]:
    """A score per variant and scope. `reads`: what the kind calls its benchmark."""
    read = job_inputs.list_rows(session, job.id)
    benchmark, source = read[reads], read["outputs"]
    assert isinstance(benchmark, Benchmark), f"What this kind reads as '{reads}' is one."
    assert isinstance(source, Job), "What this kind reads as 'outputs' is the job that made them."
    ids = {name: uuid.UUID(each) for name, each in (source.result or {})["rows"].items()}
    rows = queries.list_by_id(session, list(ids.values()))
    named = {name: rows[each] for name, each in ids.items()}
    return record_rows(session, job, result, benchmark=benchmark, variants=named)


def record_rows(
    session: Session,
    job: Job,
    result: dict[str, Any],
    *,
    benchmark: Benchmark,
    variants: Mapping[str, Variant],
) -> dict[str, Any]:
    """`variants`: by the names that the result has for them."""
    common = {
        "mode": result["mode"],
        "judge": result["judge"],
        "metric": result["metric"],
        "lo": _LO,
        "hi": _HI,
    }
    scores = benchmarks.record_scores(
        session,
        job,
        [{**common, **each} for each in result["variants"]],
        benchmark=benchmark,
        variants=variants,
    )
    return {**result, "benchmark_id": str(benchmark.id), "num_scores": len(scores)}


TASK = Task(
    spec=BenchmarkRun,
    compute="ml.benchmarks.run:run_benchmark",
    record=record,
    preloaded=True,
    output="answers",
)
