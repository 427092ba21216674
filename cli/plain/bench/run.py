"""`ggez bench run`: one benchmark on plain files, into a folder that appears whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.command import Command
from cli.terminal import output
from specs.kinds.benchmark.benchmark_run import BenchmarkRun


def _show(result: Mapping[str, Any], out: Path) -> None:
    output.print_table(
        ("variant", "scope", "score", "items", "questions", "gaps"),
        [
            (
                each["variant"],
                each["scope"],
                "none" if each["score"] is None else f"{each['score']:.2f}",
                each["n_items"],
                each["n_questions"],
                each["gaps"],
            )
            for each in result["variants"]
        ],
    )
    click.echo(f"Mode {result['mode']}; answers, scores and tables are in {out}.")


run = Command(
    spec=BenchmarkRun,
    name="run",
    says="Ask a judge about generated pictures and score them.\n\nAnswers are kept as they come: "
    "stopped, the same command goes on from there.",
    epilog="Example: ggez bench run --outputs made --questions q.csv --judge blip --out b",
    out="A new folder, for answers and scores.",
    show=_show,
).make()
