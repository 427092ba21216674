"""`ggez distill`: a teacher and a data set in, a student of half the depth out; no database."""

from pathlib import Path
from typing import IO, Any

import click

from cli.jobs import options
from cli.options import json_option
from cli.plain import presetting
from cli.terminal import output
from specs.kinds.model.model_distill import ModelDistill

_SHOWN = (
    "start", "steps", "num_pictures", "num_captions", "final_loss", "num_parameters",
    "num_parameters_teacher", "size_bytes",
)  # fmt: skip


@click.command(epilog="Example: ggez distill --teacher ./siglip2 --dataset ./captions --out half")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder: the model, the loss of every step and a card.",
)
@click.option(
    "--spec",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Take the settings from this JSON or YAML file, '-' for stdin; options come on top.",
)
@json_option
def distill(
    *,
    out: Path,
    file: IO[str] | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Make a student of half the depth of a CLIP or SigLIP model, and teach it.

    Stopped, the same command goes on where it was.
    """
    spec = presetting.read_spec(ModelDistill, None, file, given)
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing, references  # noqa: PLC0415 - see above
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    arguments: dict[str, Any] = {
        each.name: references.find(getattr(spec, each.name), what=each.what, folder=Path.cwd())
        for each in spec.inputs
        if getattr(spec, each.name)
    }
    with watching(spec.label) as progress:
        result = computing.compute_into(
            out, "ml.distillation.run:distill", spec, progress, arguments
        )
    if as_json:
        output.print_json(result | {"folder": out})
        return
    output.print_facts({name: result[name] for name in _SHOWN} | {"folder": out})
    for note in result["notes"]:
        click.echo(note, err=True)


distill.params[:0] = options.make(ModelDistill)
