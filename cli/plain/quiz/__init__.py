"""`ggez quiz`: questions about pictures; on plain files."""

import click

from cli.terminal.groups import LazyGroup, Place


@click.group(
    cls=LazyGroup,
    places={
        "import": Place(
            "cli.plain.quiz.importing", "import_", "Import a published benchmark or own questions."
        )
    },
    epilog="Example: ggez quiz import --source cvqa --name CVQA --licence own --out q",
)
def quiz() -> None:
    """Take in questions about pictures, with options or with accepted answers."""
