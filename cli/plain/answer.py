"""`ggez answer`: a model and a quiz in, answers out; with a second model, a sweep of merges."""

from pathlib import Path
from typing import IO, Any

import click

from cli.jobs import options
from cli.options import json_option
from cli.terminal import output
from specs.kinds.answers.answers_generate import AnswersGenerate

_HEADER = ("variant", "answers", "unfinished", "cut", "empty")
# One word per use on the command line, where the specification has the list.
_SINGULAR = {"--betas": "--beta", "--seeds": "--seed"}


@click.command(epilog="Example: ggez answer --base llava --quiz dishes --out answers")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder: outputs.jsonl, generation.json and pictures/.",
)
@click.option(
    "--spec",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Take the settings from this JSON or YAML file, '-' for stdin; options come on top.",
)
@json_option
def answer(*, out: Path, file: IO[str] | None, as_json: bool, **given: Any) -> None:
    """Answer every question of a quiz, with one model or with every merge of two.

    Merges are interpolated in memory and never written. Stopped, the same command goes on where it
    was, and ends with the same bytes.
    """
    values = options.read_file(file, AnswersGenerate.kind) if file else {}
    spec = AnswersGenerate.model_validate(values | options.collect(given))
    for each in spec.inputs:
        if each.required and not getattr(spec, each.name):
            raise click.UsageError(f"Missing option '--{each.name}'.")
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing, references  # noqa: PLC0415 - see above
    from cli.plain.recipes.computes import COMPUTES  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    inputs = {
        each.name: references.find(getattr(spec, each.name), what=each.what, folder=Path.cwd())
        for each in spec.inputs
        if getattr(spec, each.name)
    }
    with watching(spec.label) as progress:
        function = COMPUTES[spec.kind].function
        result = computing.compute_into(out, function, spec, progress, inputs)
    if as_json:
        output.print_json(result | {"folder": out})
        return
    rows = [
        (each["variant"], each["num_answers"], each["num_unfinished"], each["num_cut"],
         each["num_empty"])
        for each in result["variants"]
    ]  # fmt: skip
    output.print_table(_HEADER, rows)
    for sentence in result["warnings"]:
        click.echo(sentence, err=True)


for _option in options.make(AnswersGenerate):
    _option.opts = [_SINGULAR.get(word, word) for word in _option.opts]
    answer.params.append(_option)
