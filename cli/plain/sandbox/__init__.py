"""`ggez sandbox`: the small drawn world, in which the whole method runs in minutes."""

import click

from cli.terminal.groups import LazyGroup, Place

_COMMANDS = {
    "run": "Carry out the whole method, and say what it shows.",
    "distill": "Compare ways to distil the sandbox's encoders.",
    "raters": "Add simulated raters to the sandbox study.",
    "train": "Make the models that the sandbox ships anew.",
    "pictures": "Make the pictures of the sandbox study anew.",
    "answers": "Make the answers of the sandbox study of answers anew.",
}
_TOGETHER = {"pictures": "making", "answers": "making"}  # commands that share a module


@click.group(
    cls=LazyGroup,
    places={
        name: Place(f"cli.plain.sandbox.{_TOGETHER.get(name, name)}", name, what)
        for name, what in _COMMANDS.items()
    },
    epilog="Example: ggez sandbox run --out sandbox-run --json",
)
def sandbox() -> None:
    """Try the whole method on a small drawn world, in minutes, without a GPU."""
