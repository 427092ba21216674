"""answers.compare: keeps the 2x2 with the job, and says which variants its cells are."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.comparisons import two_by_two
from domain.jobs.models import Job
from specs.kinds.answers.answers_compare import AnswersCompare
from workers.kinds import Task


def record(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the contract of Record
) -> dict[str, Any]:
    compared = two_by_two.describe(session, job, result)
    return {
        **result,
        "benchmark_id": str(compared.quiz.id),
        "rows": {cell: str(variant.id) for cell, variant in compared.variants.items()},
    }


TASK = Task(
    spec=AnswersCompare,
    compute="ml.benchmarks.answers.compare:compare",
    record=record,
    output="comparison",
)
