"""`ggez knowledge retrieve`: an indexed base and questions in, passages out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.knowledge.computed import make_command
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve


def _show(result: Mapping[str, Any], out: Path) -> None:
    found = result["num_queries"] - result["num_empty"]
    click.echo(
        f"Passages for {found:,} of {result['num_queries']:,} questions ({result['method']}) are "
        f"in {out / 'passages.jsonl'}."
    )
    for each in result["empty"]:
        click.echo(f"Nothing for '{each['key']}': {each['reason']}", err=True)
    if result["num_empty"] > len(result["empty"]):
        click.echo(f"All that found nothing are in {out / 'retrieval.json'}.", err=True)


retrieve = make_command(
    "retrieve",
    KnowledgeRetrieve,
    summary="Find the passages that belong to each question or prompt.\n\nBy words and by vectors "
    "(--queries); with --method lexical by words alone.",
    epilog="Example: ggez knowledge retrieve --knowledge i --quiz q --queries v --out f",
    show=_show,
)
