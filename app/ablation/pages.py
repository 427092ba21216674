"""From what a data ablation found to what its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.ablation.charts import Charts
from domain.benchmarks.models import Benchmark
from domain.comparisons import ablation
from domain.comparisons.ablation import Taught
from domain.jobs.models import Job
from domain.studies.kept import Kept
from reports.ablation import facts, words
from reports.ablation.facts import Scope
from reports.speech import Speech

# By job and language, as those of a study of distillation.
_drawn = Kept[Sequence[Charts]](most=20)


@dataclass(frozen=True, kw_only=True)
class OfScope:
    scope: Scope
    sentences: Sequence[str]
    charts: Charts


@dataclass(frozen=True, kw_only=True)
class View:
    job: Job
    quiz: Benchmark | None
    quiz_name: str
    runs: Sequence[Taught]
    scopes: Sequence[OfScope]
    how: str  # the intervals were made


def make_view(session: Session, job: Job, language: str) -> View:
    found, speech = ablation.find(session, job), Speech(language)
    result = job.result or {}
    scopes = facts.list_scopes(result)
    drawn = _drawn.get((job.id, language), lambda: _draw(scopes, speech))
    return View(
        job=job,
        quiz=found.quiz,
        quiz_name=found.quiz.name if found.quiz else result["quiz"]["name"],
        runs=found.runs,
        scopes=[
            OfScope(scope=scope, sentences=list(words.summarise(scope, speech)), charts=charts)
            for scope, charts in zip(scopes, drawn, strict=True)
        ],
        how=words.explain(result, speech),
    )


def _draw(scopes: Sequence[Scope], speech: Speech) -> Sequence[Charts]:
    # As app/results/pages.py does it: the first who looks waits for what draws.
    from app.ablation import drawing  # noqa: PLC0415 - see above

    return [drawing.draw(scope, speech) for scope in scopes]
