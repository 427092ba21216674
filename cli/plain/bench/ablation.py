"""`ggez bench ablation`: models taught on other data, side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.bench.estimates import as_text
from cli.plain.recipes.command import Command
from cli.terminal import output
from specs.kinds.answers.answers_ablate import AnswersAblate

_HEADER = ("learnt from", "right, %", "to the base", "added to", "difference", "it")


def _show(result: Mapping[str, Any], out: Path) -> None:
    for scope in result["scopes"]:
        click.echo(
            f"{scope['scope']}: {scope['num_questions']:,} questions in {scope['num_clusters']:,} "
            f"clusters; {scope['num_left_out']:,} without all answers left out"
        )
        base = ("base", as_text(scope["base"]), "", "", "", "")
        output.print_table(_HEADER, [base, *map(_describe, scope["rows"])])
        click.echo()
    click.echo(f"The whole comparison is in {out}.")


def _describe(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["label"],
        as_text(row["mean"]),
        as_text(row["to_base"], sign="+"),
        row["against"],
        as_text(row["to_before"], sign="+"),
        row["verdict"],
    )


ablation = Command(
    spec=AnswersAblate,
    name="ablation",
    says="Compare models that were taught the same way on other data.\n\nEach folder is of `ggez "
    "bench answers`, on the same quiz. Every addition is set beside what it is added to: more data "
    "of the wrong shape hurts.",
    epilog="Example: ggez bench ablation --base scores --taught scores-50k --out table",
    out="A new folder, for the table.",
    show=_show,
).make()
