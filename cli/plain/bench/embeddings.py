"""What the benchmarks of embeddings have in common on the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.command import Command, Show
from cli.terminal import output
from specs.embeddings.registry import METHODS
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore

_OUT = "A new folder, for scores."
# Fields that belong to single benchmarks.
_OWN = ("measure", "templates", "label_column", "dataset", "quiz")


def make(method: str, *, says: str, epilog: str, takes: tuple[str, ...], show: Show) -> Any:
    """`takes`: which sources there are to name."""
    useful = {*METHODS[method].model_fields, *takes}
    return Command(
        spec=EmbeddingsScore,
        name=method,
        says=says,
        epilog=epilog,
        out=_OUT,
        show=show,
        fixed={"method": method},
        without=[name for name in _OWN if name not in useful],
    ).make()


def show_choices(result: Mapping[str, Any], out: Path) -> None:
    output.print_table(
        ("variant", "scope", "right, %", "questions", "ties"),
        [
            (
                each["variant"],
                each["scope"],
                as_score(each["score"]),
                each["n_items"],
                each["n_ties"],
            )
            for each in result["variants"]
        ],
    )
    tell(result, out)


def tell(result: Mapping[str, Any], out: Path) -> None:
    for reason, number in result["left_out"].items():
        click.echo(f"left out: {number:,} {reason}")
    for note in result["notes"]:
        click.echo(note, err=True)
    click.echo(f"Scores, what was found for each item, and tables are in {out}.")


def as_score(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
