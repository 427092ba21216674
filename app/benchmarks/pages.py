"""From rows to what the templates of benchmarks need."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from sqlalchemy.orm import Session

from domain.benchmarks import queries, quizzes
from domain.benchmarks.models import Benchmark, Format, Score
from domain.benchmarks.quizzes import Asked
from domain.datasets.models import Dataset
from domain.prompts.models import PromptSet
from domain.shelf import queries as shelf
from domain.users.models import User
from domain.variants import queries as variants
from domain.variants.models import Variant
from specs.kinds.benchmark.benchmark_run import BenchmarkRun

Row = TypeVar("Row", PromptSet, Dataset)

_MOST_SCORES = 500
_SHOWN_QUESTIONS = 3


@dataclass(frozen=True)
class Line:
    score: Score
    variant: Variant


@dataclass(frozen=True)
class Table:
    """Scores that may be compared: of one mode, judge, scope and metric; best first."""

    mode: str
    judge: str
    scope: str
    metric: str
    lines: Sequence[Line]
    categories: Sequence[str]

    @property
    def is_of_answers(self) -> bool:
        """Of a quiz: what refused and what could not be read was counted apart."""
        return any("n_refused" in line.score.facts for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class View:
    benchmark: Benchmark
    prompt_set: PromptSet | None
    dataset: Dataset | None
    maker: User | None
    tables: Sequence[Table]
    questions: Sequence[Asked]  # the first few of a quiz

    @property
    def is_quiz(self) -> bool:
        return self.benchmark.format == Format.QUIZ


def list_modes() -> tuple[str, ...]:
    return get_args(BenchmarkRun.model_fields["mode"].annotation)


def read_mode(text: str) -> str:
    return text if text in list_modes() else list_modes()[0]


def make_view(session: Session, benchmark: Benchmark) -> View:
    return View(
        benchmark=benchmark,
        prompt_set=_get(session, PromptSet, benchmark.prompt_set_id),
        dataset=_get(session, Dataset, benchmark.dataset_id),
        maker=shelf.find_maker(session, benchmark),
        tables=make_tables(
            session,
            queries.list_scores(session, benchmark_id=benchmark.id, limit=_MOST_SCORES),
        ),
        questions=quizzes.list_questions(session, benchmark, where={}, limit=_SHOWN_QUESTIONS),
    )


def _get(session: Session, table: type[Row], row_id: uuid.UUID | None) -> Row | None:
    return session.get_one(table, row_id) if row_id else None


def make_tables(session: Session, scores: Sequence[Score]) -> list[Table]:
    """Of scores of one benchmark."""
    named = variants.list_by_id(session, [score.variant_id for score in scores])
    groups: dict[tuple[str, str, str, str], dict[uuid.UUID, Score]] = {}
    for score in scores:  # newest first: of each variant the newest counts
        key = (score.scope, score.mode, score.judge, score.metric)
        groups.setdefault(key, {}).setdefault(score.variant_id, score)
    return [
        Table(
            mode=mode,
            judge=judge,
            scope=scope,
            metric=metric,
            lines=_sort([Line(score, named[score.variant_id]) for score in found.values()]),
            categories=sorted({name for score in found.values() for name in score.by_category}),
        )
        for (scope, mode, judge, metric), found in sorted(groups.items())
    ]


def _sort(lines: Sequence[Line]) -> list[Line]:
    return sorted(
        lines, key=lambda line: -1.0 if line.score.value is None else line.score.value, reverse=True
    )
