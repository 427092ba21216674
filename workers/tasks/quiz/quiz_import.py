"""quiz.import: finds the source and the region, lets a child process read the questions, and
records them as a benchmark with a prompt for each.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks import quizzes
from domain.benchmarks.quizzes import NewQuiz
from domain.benchmarks.service import QUIZ_TABLE
from domain.datasets import sources
from domain.jobs.models import Job
from domain.regions import service as regions
from domain.settings import Settings
from specs.kinds.quiz.quiz_import import QuizImport
from workers import kinds, publishing
from workers.kinds import Task


def prepare(
    session: Session,
    job: Job,
    spec: QuizImport,
    settings: Settings,
) -> dict[str, Any]:
    """Everything that can be refused before anything is read."""
    found = sources.find(session, spec.source, settings)
    path = sources.fetch(found, kinds.find_state(settings, job.id) / "source")
    return {
        "path": str(path),
        "source_name": found.name,
        "region": regions.get_region(settings, spec.region) if spec.region else None,
    }


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    output = published["output"]
    new = NewQuiz(
        name=result["name"],
        digest=result["digest"],
        summary={
            "licence": result["licence"],
            "source": result["source_name"],
            "shapes": result["shapes"],
            "counts": result["counts"],
            "num_problems": result["num_problems"],
        },
        items=quizzes.read_items(publishing.read_rows(output, QUIZ_TABLE)),
    )
    benchmark = quizzes.record(session, new, output, job=job)
    return {
        **result,
        "benchmark_id": str(benchmark.id),
        "prompt_set_id": str(benchmark.prompts_id),
        "rows": {"": str(benchmark.id)},
    }


TASK = Task(
    spec=QuizImport,
    compute="ml.importing.quizzes.run:import_quiz",
    prepare=prepare,
    record=record,
    output="quiz",
)
