"""`ggez bench answers`: what models said to a quiz, scored."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.command import Command
from cli.terminal import output
from specs.kinds.answers.answers_score import AnswersScore

_HEADER = (
    *("variant", "scope", "score", "of answered", "questions", "refused", "unparsable", "missing"),
)


def _show(result: Mapping[str, Any], out: Path) -> None:
    output.print_table(
        _HEADER,
        [
            (
                each["variant"],
                each["scope"],
                as_score(each["score"]),
                as_score(each["of_answered"]),
                each["n_questions"],
                each["n_refused"],
                each["n_unparsable"],
                each["gaps"],
            )
            for each in result["variants"]
        ],
    )
    click.echo(
        f"By {result['judge']}, in per cent of questions with an output; what was made of every "
        f"answer, scores and tables are in {out}."
    )
    for sentence in result["warnings"]:
        click.echo(sentence, err=True)


def as_score(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


answers = Command(
    spec=AnswersScore,
    name="answers",
    says="Score the answers that models gave to a quiz.\n\nRefused and unparsable answers are not "
    "right, and are counted apart; a missing one is in no mean. docs/answers-scoring.md says how "
    "answers are read.",
    epilog="Example: ggez bench answers --outputs said --quiz quiz --out scores",
    out="A new folder, for scores.",
    show=_show,
).make()
