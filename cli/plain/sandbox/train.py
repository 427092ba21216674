"""`ggez sandbox train`: the shipped models, from nothing."""

from pathlib import Path
from typing import Any

import click

from cli.options import json_option
from cli.terminal import output


@click.command(epilog="Example: ggez sandbox train --out weights --json")
@click.option(
    "--arm",
    type=click.Choice(["images", "answers", "embeddings"]),
    default="images",
    show_default=True,
    help="The pipeline that draws and its judge, the model that answers, or the encoders.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sandbox-weights"),
    show_default=True,
    help="Where the models' folders and metrics.json are written.",
)
@click.option("--small", is_flag=True, help="All of it in a minute; what comes out is no use.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of everything random.")
@json_option
def train(*, arm: str, out: Path, small: bool, seed: int, as_json: bool) -> None:
    """Make the models of an arm anew, and measure them.

    With another number of threads the weights differ, and what is measured stays within its
    intervals.
    """
    from cli.terminal.progress import watching  # noqa: PLC0415 - help does not wait for torch
    from sandbox import train as images  # noqa: PLC0415 - the same
    from sandbox import train_answers as answers  # noqa: PLC0415 - the same
    from sandbox import train_embeddings as embeddings  # noqa: PLC0415 - the same

    maker: Any = {"images": images, "answers": answers, "embeddings": embeddings}[arm]
    sizes = maker.SMALL if small else maker.FULL
    with watching("Sandbox") as progress:
        metrics = maker.train(out, sizes=sizes, seed=seed, progress=progress)
    if as_json:
        output.print_json(metrics)
        return
    output.print_facts(maker.tell(metrics))
