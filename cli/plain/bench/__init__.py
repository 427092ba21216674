"""`ggez bench`: ask about pictures, score answers, compare; on plain files."""

import click

from cli.terminal.groups import LazyGroup, Place

_COMMANDS = {
    "run": "Ask a judge about generated pictures and score them.",
    "score": "Score answers to the questions of a benchmark.",
    "answers": "Score the answers that models gave to a quiz.",
    "retrieval": "Find texts by pictures and pictures by texts, with an encoder or a sweep.",
    "zeroshot": "Answer a quiz by similarity alone, with an encoder or a sweep.",
    "classification": "Sort pictures into classes by similarity alone.",
    "compare": "Compare a base and an adapted model, each with and without retrieval.",
    "ablation": "Compare models that were taught the same way on other data.",
}


@click.group(
    cls=LazyGroup,
    places={name: Place(f"cli.plain.bench.{name}", name, what) for name, what in _COMMANDS.items()},
    epilog="Example: ggez bench score --questions q.csv --answers a.csv --mode dsg",
)
def bench() -> None:
    """Ask about pictures, score answers of every kind, and measure encoders."""
