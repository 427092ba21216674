"""`ggez instruct`: a vision-language model and a quiz in, a taught model out; no database."""

from pathlib import Path
from typing import IO, Any

import click

from cli.jobs import options
from cli.options import json_option
from cli.plain import presetting
from cli.terminal import output
from specs.kinds.model.model_instruct import ModelInstruct

_SHOWN = (
    "method", "steps", "epochs", "num_questions", "num_held_out", "final_loss", "held_out_loss",
    "held_out_accuracy", "size_bytes",
)  # fmt: skip


@click.command(epilog="Example: ggez instruct --base ./gemma --quiz ./questions --out taught")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder: the model, the loss of every step and a card.",
)
@click.option("--preset", help="Named settings to start from; options come on top.")
@click.option(
    "--spec",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Take the settings from this JSON or YAML file, '-' for stdin; options come on top.",
)
@json_option
def instruct(
    *,
    out: Path,
    preset: str | None,
    file: IO[str] | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Teach a vision-language model to answer the questions of a quiz.

    Stopped, the same command goes on where it was.
    """
    spec = presetting.read_spec(ModelInstruct, preset, file, given)
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
            out, "ml.instructing.run:instruct", spec, progress, arguments
        )
    if as_json:
        output.print_json(result | {"folder": out})
        return
    output.print_facts({name: result[name] for name in _SHOWN} | {"folder": out})
    for note in result["notes"]:
        click.echo(note, err=True)


instruct.params[:0] = options.make(ModelInstruct)
