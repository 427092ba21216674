"""`ggez tune`: a pipeline and a data set in, a tuned pipeline out; no database."""

from pathlib import Path
from typing import IO, Any

import click

from cli.jobs import options
from cli.options import json_option
from cli.plain import presetting
from cli.terminal import output
from specs.kinds.model.model_finetune import ModelFinetune

_SHOWN = ("method", "steps", "epochs", "num_items", "final_loss", "num_cut_captions", "size_bytes")


@click.command(epilog="Example: ggez tune --base sandbox-base --dataset batik --out tuned")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder: the model, samples, the loss of every step and a card.",
)
@click.option("--preset", help="Named settings to start from; options come on top.")
@click.option(
    "--spec",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Take the settings from this JSON or YAML file, '-' for stdin; options come on top.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep encoded pictures and captions here for the next tuning.",
)
@json_option
def tune(
    *,
    out: Path,
    preset: str | None,
    file: IO[str] | None,
    cache: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Train the UNet of a diffusion pipeline on a data set, whole or as LoRA.

    Stopped, the same command goes on where it was.
    """
    spec = presetting.read_spec(ModelFinetune, preset, file, given)
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing, references  # noqa: PLC0415 - see above
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    arguments: dict[str, Any] = {
        each.name: references.find(getattr(spec, each.name), what=each.what, folder=Path.cwd())
        for each in spec.inputs
    }
    if cache is not None:
        arguments["cache_dir"] = cache.resolve()
    with watching(spec.label) as progress:
        result = computing.compute_into(
            out, "ml.finetuning.run:finetune", spec, progress, arguments
        )
    if as_json:
        output.print_json(result | {"folder": out})
        return
    output.print_facts({name: result[name] for name in _SHOWN} | {"folder": out})
    for note in result["notes"]:
        click.echo(note, err=True)


tune.params[:0] = options.make(ModelFinetune)
