"""Whether answers can be scored as somebody wishes: said before they are given."""

from collections.abc import Mapping

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark, QuizQuestion
from domain.jobs.models import Job
from domain.launches import errors
from domain.launches.describing import Found
from specs.job import JobSpec
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore


def check(
    session: Session, spec: JobSpec, found: Mapping[str, Found], parents: Mapping[str, Job]
) -> None:
    """Of a quiz or answers that a job before has yet to make nothing is known."""
    if not isinstance(spec, AnswersScore):
        return
    quiz = found["quiz"].row if "quiz" in found else None
    if isinstance(quiz, Benchmark):
        _check_form(session, spec, quiz)
    answered = found["outputs"].row if "outputs" in found else parents.get("outputs")
    if isinstance(answered, Job):
        _check_weighed(spec, answered)


def _check_form(session: Session, spec: AnswersScore, quiz: Benchmark) -> None:
    has_options = func.jsonb_array_length(QuizQuestion.options) > 0
    fitting = exists().where(
        QuizQuestion.benchmark_id == quiz.id,
        has_options if spec.needs_options else ~has_options,
    )
    if not session.scalar(select(fitting)):
        raise errors.NoQuestionsOfForm(quiz.name, spec.mode, needs_options=spec.needs_options)


def _check_weighed(spec: AnswersScore, answered: Job) -> None:
    if spec.mode != "likelihood" or answered.kind != AnswersGenerate.kind:
        return
    if not answered.spec.get("likelihood", False):
        raise errors.OptionsNotWeighed
