"""answers.score: records a score per variant and scope, as a run of a benchmark does."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from specs.kinds.answers.answers_score import AnswersScore
from workers.kinds import Task
from workers.tasks.benchmark.benchmark_run import record_scores


def record(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the contract of Record
) -> dict[str, Any]:
    return record_scores(session, job, result, reads="quiz")


TASK = Task(
    spec=AnswersScore,
    compute="ml.benchmarks.answers.run:score_answers",
    record=record,
    output="answers",
)
