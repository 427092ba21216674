"""`ggez knowledge augment`: prompts and passages in, longer prompts out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.knowledge.computed import make_command
from specs.kinds.prompts.prompts_augment import PromptsAugment


def _show(result: Mapping[str, Any], out: Path) -> None:
    click.echo(
        f"{result['num_augmented']:,} of {result['num_prompts']:,} prompts got facts; they are in "
        f"{out / 'prompts.jsonl'}, and what was cut in {out / 'augmented.jsonl'}."
    )
    if result["num_full"]:
        click.echo(f"Prompts that left no room: {result['num_full']:,}.", err=True)


augment = make_command(
    "augment",
    PromptsAugment,
    summary="Put retrieved facts behind prompts for pictures.\n\nAs far as the text encoders of "
    "the model see; what has no room is written down.",
    epilog="Example: ggez knowledge augment --prompts p --passages f --base m --out l",
    show=_show,
)
