"""`ggez knowledge`: index passages, find those that belong to questions; on plain files."""

import click

from cli.terminal.groups import LazyGroup, Place

_COMMANDS = {
    "index": "Cut a knowledge base into chunks that can be searched.",
    "embed": "Compute a vector of each question or prompt.",
    "retrieve": "Find the passages that belong to each question or prompt.",
    "augment": "Put retrieved facts behind prompts for pictures.",
}


@click.group(
    cls=LazyGroup,
    places={
        name: Place(f"cli.plain.knowledge.{name}", name, what) for name, what in _COMMANDS.items()
    },
    epilog="Example: ggez knowledge index --knowledge dishes --out indexed",
)
def knowledge() -> None:
    """Find passages of a knowledge base for questions and prompts."""
