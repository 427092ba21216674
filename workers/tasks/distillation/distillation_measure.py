"""distillation.measure: records what the model found over the data set and answered of the quiz, as
embeddings.score does of a model by itself. All else that a study compares stays with the job.
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
from domain.launches.describing import Row
from domain.variants.models import Variant
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from workers.kinds import Task
from workers.tasks.benchmark.benchmark_run import record_rows


def record(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the contract of Record
) -> dict[str, Any]:
    read = job_inputs.list_rows(session, job.id)
    model = read["model"]
    assert isinstance(model, Variant), "What this kind reads as 'model' is one."
    for asked, told in result["scores"].items():
        benchmark = _find_benchmark(session, job, read[asked], told)
        variants = {each["variant"]: model for each in told["variants"]}
        record_rows(session, job, told, benchmark=benchmark, variants=variants)
    rest = {name: value for name, value in result.items() if name != "scores"}
    return rest | {"variant_id": str(model.id), "num_scores": len(result["scores"])}


def _find_benchmark(session: Session, job: Job, asked: Row, told: Mapping[str, Any]) -> Benchmark:
    if isinstance(asked, Benchmark):
        return asked
    assert isinstance(asked, Dataset), "This kind asks about a data set and a quiz."
    scopes = {each["scope"] for each in told["variants"]}
    return scored_datasets.find_or_make(session, asked, mode=told["mode"], scopes=scopes, job=job)


TASK = Task(
    spec=DistillationMeasure,
    compute="ml.benchmarks.distillation.measuring:measure",
    record=record,
    preloaded=True,
    output="measured",
)
