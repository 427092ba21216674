"""`ggez knowledge index`: passages in, chunks and perhaps vectors out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.knowledge.computed import make_command
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex


def _show(result: Mapping[str, Any], out: Path) -> None:
    encoder = result["encoder"]
    how = f"vectors by {encoder['name']}" if encoder else "no vectors: only words are searched"
    click.echo(
        f"{result['num_passages']:,} passages in {result['num_chunks']:,} chunks; {how}. They are "
        f"in {out}."
    )
    if result["num_empty"]:
        click.echo(f"Passages without text, left out: {result['num_empty']:,}.", err=True)
    if result["num_cut"]:
        click.echo(
            f"Chunks of which the encoder does not see the end: {result['num_cut']:,}. Shorter "
            "chunks (--chunk-characters) are seen whole.",
            err=True,
        )


index = make_command(
    "index",
    KnowledgeIndex,
    summary="Cut a knowledge base into chunks that can be searched.\n\nChunks end where sentences "
    "end, in any script. With --encoder, each gets a vector.",
    epilog="Example: ggez knowledge index --knowledge dishes --encoder e5 --out indexed",
    show=_show,
)
