"""`ggez bench score`: answers that somebody gave, scored in one of three modes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import click

from cli.options import json_option
from cli.terminal import output
from specs.kinds.benchmark.benchmark_run import ScoringMode
from stats.scoring import answers, questions
from stats.scoring.score import Scored
from stats.scoring.score import score as compute

_file = click.Path(exists=True, path_type=Path)


@click.command(epilog="Example: ggez bench score --questions q.csv --answers a.csv --mode dsg")
@click.option(
    "--questions",
    "questions_file",
    required=True,
    type=_file,
    help="A question file in DSG's columns, or a folder of such files.",
)
@click.option(
    "--answers",
    "answers_file",
    required=True,
    type=_file,
    help="CSV: item_id, proposition_id, answer, perhaps crop, and columns to group by.",
)
@click.option(
    "--mode",
    required=True,
    type=click.Choice(get_args(ScoringMode)),
    help="How answers become a score; modes are not comparable.",
)
@click.option("--by", default="", help="Score the groups of this column apart, such as variant.")
@json_option
def score(
    *, questions_file: Path, answers_file: Path, mode: ScoringMode, by: str, as_json: bool
) -> None:
    """Score answers to the questions of a benchmark.

    An answer is yes, no, 1, 0, true or false. Anything else is a gap: it is counted, and leaves
    its item out of the mean.
    """
    asked = questions.read(questions_file)
    groups = answers.read(answers_file, by.strip().lower())
    scored = {name: compute(asked, group, mode) for name, group in groups.items()}
    if as_json:
        output.print_json(_as_json(scored, mode, by))
        return
    for name, found in scored.items():
        if by:
            click.echo(f"{by} {name}")
        output.print_facts(_describe(found))
    for note in asked.notes:
        click.echo(note, err=True)


def _as_json(scored: Mapping[str, Scored], mode: str, by: str) -> dict[str, Any]:
    if not by:
        return scored[""].to_json()
    groups = [{by: name, **found.to_json()} for name, found in scored.items()]
    return {"mode": mode, "by": by, "groups": groups}


def _describe(found: Scored) -> dict[str, object]:
    categories = {f"  {name}": f"{mean:.2f}" for name, mean in found.by_category.items()}
    return {
        "score": "none: no item could be scored" if found.score is None else f"{found.score:.2f}",
        "mode": found.mode,
        "items": len(found.items),
        "questions": found.num_questions,
        "gaps": found.num_gaps,
        "malformed": found.num_malformed,
        "unknown": found.num_unknown,
        "left out": len(found.left_out),
        **categories,
        **{f"without {each.item_id}": each.message for each in found.left_out[:10]},
    }
