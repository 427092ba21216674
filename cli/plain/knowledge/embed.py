"""`ggez knowledge embed`: questions or prompts in, vectors out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.knowledge.computed import make_command
from specs.kinds.questions.questions_embed import QuestionsEmbed


def _show(result: Mapping[str, Any], out: Path) -> None:
    click.echo(
        f"{result['num_queries']:,} vectors of {result['dim']} numbers by "
        f"{result['encoder']['name']} are in {out}."
    )
    if result["num_cut"]:
        click.echo(
            f"Questions of which the encoder does not see the end: {result['num_cut']:,}.", err=True
        )


embed = make_command(
    "embed",
    QuestionsEmbed,
    summary="Compute a vector of each question or prompt.\n\nBy the encoder that indexed the "
    "knowledge base.",
    epilog="Example: ggez knowledge embed --quiz kitchens --encoder e5 --out vectors",
    show=_show,
)
