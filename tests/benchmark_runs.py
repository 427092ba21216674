"""Runs of a benchmark as studies find them: scores as rows, and the file of items beside them."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.db import new_id
from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from domain.results.global_quality import FILE
from domain.variants.models import Variant
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.images.images_generate import ImagesGenerate
from tests import factories

# By scope and beta: of forty items the share that is found.
SHARES: Mapping[str, Mapping[float, float]] = {
    "global": {0.0: 0.8, 0.5: 0.8, 1.0: 0.6},
    "regional": {0.0: 0.4, 0.5: 0.6, 1.0: 0.7},
}
NUM_ITEMS = 40

Scores = Mapping[str, tuple[Variant, Sequence[float]]]  # by how the run calls each variant


def run_benchmark(
    session: Session,
    folder: Path,
    scores: Scores,
    *,
    benchmark: Benchmark | None = None,
    judge: str = "blip-vqa 12ab34cd",
) -> Job:
    """A score for each variant and item, on a scale of 100; each item is global."""
    benchmark = benchmark or factories.make_benchmark(session)
    names = {name: str(variant.id) for name, (variant, _) in scores.items()}
    drawing = factories.make_job(
        session, state=JobState.SUCCEEDED, spec=ImagesGenerate(), result={"rows": names}
    )
    job = factories.make_job(session, state=JobState.SUCCEEDED, spec=BenchmarkRun())
    session.add(JobInput(job_id=job.id, name="outputs", source_job_id=drawing.id))
    session.add(JobInput(job_id=job.id, name="questions", benchmark_id=benchmark.id))
    there = folder / str(new_id())
    there.mkdir()
    _write_items(there / FILE, scores)
    artifact = factories.make_artifact(session, kind="answers", uri=there.as_uri())
    factories.publish(session, job, artifact)
    for variant, values in scores.values():
        factories.make_score(
            session, variant, benchmark, job_id=job.id, value=sum(values) / len(values),
            judge=judge, n_items=len(values),
        )  # fmt: skip
    return job


def _write_items(path: Path, scores: Scores) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("variant", "beta", "scope", "item_id", "score", "mode"))
        for name, (variant, values) in scores.items():
            for number, value in enumerate(values):
                beta = variant.beta or 0
                table.writerow((name, beta, "global", f"g{number}", repr(value), "dsg"))
                # What a run says of the region is not what people of the region say.
                table.writerow((name, beta, "regional", f"r{number}", repr(1.0), "dsg"))


def score_sweep(
    session: Session,
    folder: Path,
    models: Mapping[float, Variant],
    benchmark: Benchmark,
    *scopes: str,
    says_betas: bool = True,
) -> Job:
    """What embeddings.score leaves: rows, and the score of each item beside them. Models that were
    scored each by itself have no beta there.
    """
    rows = {f"beta-{beta:g}": str(variant.id) for beta, variant in models.items()}
    job = factories.make_job(
        session, state=JobState.SUCCEEDED, spec=EmbeddingsScore(), result={"rows": rows}
    )
    there = folder / str(new_id())
    there.mkdir()
    with (there / FILE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("variant", "beta", "scope", "item_id", "score", "mode", "group"))
        for scope in scopes:
            for beta in models:
                for item in range(NUM_ITEMS):
                    found = 1.0 if item < SHARES[scope][beta] * NUM_ITEMS else 0.0
                    said = beta if says_betas else ""
                    table.writerow((f"beta-{beta:g}", said, scope, f"{scope[0]}{item}", found,
                                    "retrieval", item))  # fmt: skip
    artifact = factories.make_artifact(session, kind="answers", uri=there.as_uri())
    factories.publish(session, job, artifact)
    for scope in scopes:
        for beta, variant in models.items():
            factories.make_score(
                session, variant, benchmark, job_id=job.id, scope=scope, mode="retrieval",
                metric="MRR@10", value=100 * SHARES[scope][beta],
            )  # fmt: skip
    return job
