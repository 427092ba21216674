"""quiz.import: finds the source and the region, and lets a child process read the questions."""

from typing import Any

from sqlalchemy.orm import Session

from domain.datasets import sources
from domain.jobs.models import Job
from domain.regions import service as regions
from domain.settings import Settings
from specs.kinds.quiz_import import QuizImport
from workers import kinds
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


TASK = Task(
    spec=QuizImport,
    compute="ml.importing.quizzes.run:import_quiz",
    prepare=prepare,
    output="quiz",
)
