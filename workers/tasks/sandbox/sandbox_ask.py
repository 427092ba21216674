"""sandbox.ask: a child process draws the quiz; it is recorded like an imported one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks import quizzes
from domain.benchmarks.quizzes import NewQuiz
from domain.benchmarks.service import QUIZ_TABLE
from domain.jobs.models import Job
from specs.kinds.sandbox.sandbox_ask import SandboxAsk
from workers import publishing
from workers.kinds import Task

_SOURCE = "sandbox"


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    output = published["output"]
    new = NewQuiz(
        name=result["name"],
        digest=result["digest"],
        summary={
            "licence": result["licence"],
            "source": _SOURCE,
            "counts": result["counts"],
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
    spec=SandboxAsk,
    compute="sandbox.answers.pool:draw_quiz",
    record=record,
    output="quiz",
)
