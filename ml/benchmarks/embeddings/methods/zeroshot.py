"""Questions of a quiz with options about a picture."""

from pathlib import Path

from ml.benchmarks import ties
from ml.benchmarks.answers import questions
from ml.benchmarks.embeddings import phrases
from ml.benchmarks.embeddings.choosing import Choice, Choosing
from ml.benchmarks.embeddings.sources import QuizSource
from ml.benchmarks.problems import BenchmarkImpossible
from specs.embeddings.zeroshot import Zeroshot


def plan(method: Zeroshot, scope: str, *, dataset: Path | None, quiz: Path | None) -> Choosing:
    if quiz is None or dataset is not None:
        raise BenchmarkImpossible("Zero-shot questions are of a quiz: name one, and no data set.")
    source = QuizSource(quiz)
    choices = [
        Choice(
            question=questions.make(item),
            picture=item.sha256,
            options=tuple(
                phrases.write(method.templates, question=item.question, option=option)
                for option in item.options
            ),
            scope=item.scope if scope == "auto" else scope,
            tie=ties.find(item),
        )
        for item in source.choices
    ]
    others = len(source.quiz.items) - len(choices)
    return Choosing(
        mode=method.method,
        source=source,
        choices=choices,
        left_out={"without options or a picture": others} if others else {},
    )
