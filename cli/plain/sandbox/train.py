"""`ggez sandbox train`: the shipped models, from nothing."""

from pathlib import Path

import click

from cli.options import json_option
from cli.terminal import output


@click.command(epilog="Example: ggez sandbox train --out weights --json")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-weights"),
    show_default=True,
    help="Where base/, judge/ and metrics.json are written.",
)
@click.option("--small", is_flag=True, help="All of it in a minute; what comes out is no use.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of everything random.")
@json_option
def train(*, out: Path, small: bool, seed: int, as_json: bool) -> None:
    """Make the base model and the judge anew, and measure both.

    With another number of threads the weights differ, and what is measured stays within its
    intervals.
    """
    from cli.terminal.progress import watching  # noqa: PLC0415 - help does not wait for torch
    from sandbox import train as training  # noqa: PLC0415 - the same

    sizes = training.SMALL if small else training.FULL
    with watching("Sandbox") as progress:
        metrics = training.train(out, sizes=sizes, seed=seed, progress=progress)
    if as_json:
        output.print_json(metrics)
        return
    output.print_facts({
        "judge, right on drawings": metrics["judge"]["drawings"],
        "base, global": metrics["base"]["global"],
        "base, regional": metrics["base"]["regional"],
    })  # fmt: skip
