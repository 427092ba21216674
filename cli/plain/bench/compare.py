"""`ggez bench compare`: {base, adapted} x {plain, retrieved}, with intervals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.bench.estimates import as_text
from cli.plain.recipes.command import Command
from cli.terminal import output
from specs.kinds.answers.answers_compare import AnswersCompare

# How lines are called, in their order.
_EFFECTS = {
    "adaptation, plain": "adaptation_plain",
    "adaptation, retrieved": "adaptation_retrieved",
    "retrieval, base": "retrieval_base",
    "retrieval, adapted": "retrieval_adapted",
    "both": "both",
    "interaction": "interaction",
}


def _show(result: Mapping[str, Any], out: Path) -> None:
    scopes = result["scopes"]
    names = [each["scope"] for each in scopes]
    click.echo(f"base: {result['base']}; adapted: {result['adapted']}; per cent of right answers")
    cells = ["base_plain", "base_retrieved", "adapted_plain", "adapted_retrieved"]
    output.print_table(
        ("cell", *names),
        [
            (cell.replace("_", ", "), *(as_text(each["cells"][cell]) for each in scopes))
            for cell in cells
        ],
    )
    click.echo("\ndifferences, in points")
    output.print_table(
        ("effect", *names),
        [
            (label, *(as_text(each["effects"][name], sign="+") for each in scopes))
            for label, name in _EFFECTS.items()
        ],
    )
    click.echo("\nshares of the base, plain; globally, what is kept")
    output.print_table(
        ("cell", *names),
        [
            (
                cell.replace("_", ", "),
                *(as_text(each["ratios"][cell], digits=3) for each in scopes),
            )
            for cell in cells[1:]
        ],
    )
    for each in scopes:
        click.echo(
            f"{each['scope']}: {each['num_questions']:,} questions in {each['num_clusters']:,} "
            f"clusters; {each['num_left_out']:,} without all four answers left out"
        )
    click.echo(f"The whole comparison is in {out}.")


compare = Command(
    spec=AnswersCompare,
    name="compare",
    says="Compare a base and an adapted model, each with and without retrieval.\n\nBoth folders "
    "are of `ggez bench answers`, on the same quiz and with the same variants.",
    epilog="Example: ggez bench compare --plain scores --retrieved rag --out compared",
    out="A new folder, for the comparison.",
    show=_show,
).make()
