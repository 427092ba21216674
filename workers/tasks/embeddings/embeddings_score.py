"""embeddings.score: records a score per variant and scope. What a sweep scored belongs to the merge
that it interpolated; what was scored over a data set, to the benchmark that this data set is.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks import scored_datasets
from domain.benchmarks.models import Benchmark
from domain.datasets.models import Dataset
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.variants import merges
from domain.variants.models import Variant
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from workers import kinds
from workers.kinds import Task
from workers.tasks.benchmark.benchmark_run import record_rows


def record(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the contract of Record
) -> dict[str, Any]:
    read = job_inputs.list_rows(session, job.id)
    variants = _find_variants(session, job, read, result)
    benchmark = _find_benchmark(session, job, read, result)
    recorded = record_rows(session, job, result, benchmark=benchmark, variants=variants)
    # By the names in scores.csv, as what draws and answers tells them.
    return recorded | {"rows": {name: str(each.id) for name, each in variants.items()}}


def _find_variants(
    session: Session, job: Job, read: Mapping[str, Any], result: Mapping[str, Any]
) -> dict[str, Variant]:
    spec = kinds.read_spec(job)
    base, tuned = read["base"], read.get("tuned")
    assert isinstance(spec, EmbeddingsScore), "Tasks are found by kind."
    assert isinstance(base, Variant), "What this kind reads as 'base' is one."
    assert tuned is None or isinstance(tuned, Variant), "The same of 'tuned'."
    betas = {row["variant"]: row["beta"] for row in result["variants"]}
    if tuned is None:
        return dict.fromkeys(betas, base)
    return {
        name: merges.find_or_make(session, merges.read_whole(spec, base, tuned, beta), job=job)
        for name, beta in betas.items()
    }


def _find_benchmark(
    session: Session, job: Job, read: Mapping[str, Any], result: Mapping[str, Any]
) -> Benchmark:
    quiz, dataset = read.get("quiz"), read.get("dataset")
    if quiz is not None:
        assert isinstance(quiz, Benchmark), "What this kind reads as 'quiz' is one."
        return quiz
    assert isinstance(dataset, Dataset), "Without a quiz this kind reads a data set."
    scopes = {row["scope"] for row in result["variants"]}
    return scored_datasets.find_or_make(
        session, dataset, mode=result["mode"], scopes=scopes, job=job
    )


TASK = Task(
    spec=EmbeddingsScore,
    compute="ml.benchmarks.embeddings.run:score_embeddings",
    record=record,
    preloaded=True,
    output="answers",
)
