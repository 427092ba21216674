"""`ggez bench run`: one benchmark on plain files, into a folder that appears whole."""

from pathlib import Path
from typing import Any

import click

from cli.jobs import options
from cli.terminal import output
from specs.kinds.benchmark_run import BenchmarkRun


def _run(*, out: Path, as_json: bool, **given: Any) -> None:
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing, references  # noqa: PLC0415 - see above
    from cli.plain.recipes.computes import COMPUTES  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    spec = BenchmarkRun.model_validate(options.collect(given))
    inputs: dict[str, Path | None] = {}
    for each in spec.inputs:
        reference = getattr(spec, each.name)
        if not reference and each.required:
            raise click.UsageError(f"Missing option '--{each.name}'.")
        inputs[each.name] = (
            references.find(reference, what=each.what, folder=Path.cwd()) if reference else None
        )
    with watching(spec.label) as progress:
        result = computing.compute_into(out, COMPUTES[spec.kind].function, spec, progress, inputs)
    if as_json:
        output.print_json(result)
        return
    output.print_table(
        ("variant", "scope", "score", "items", "questions", "gaps"),
        [
            (
                each["variant"],
                each["scope"],
                "none" if each["score"] is None else f"{each['score']:.2f}",
                each["n_items"],
                each["n_questions"],
                each["gaps"],
            )
            for each in result["variants"]
        ],
    )
    click.echo(f"Mode {result['mode']}; answers, scores and tables are in {out}.")


run = click.Command(
    "run",
    callback=_run,
    params=[
        *options.make(BenchmarkRun),
        click.Option(
            ["--out"],
            required=True,
            type=click.Path(file_okay=False, path_type=Path),
            help="A new folder, for answers and scores.",
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            help="Print JSON, and nothing but JSON, on stdout.",
        ),
    ],
    help="Ask a judge about generated pictures and score them.\n\nAnswers are kept as they come: "
    "stopped, the same command goes on from there.",
    epilog="Example: ggez bench run --outputs made --questions q.csv --judge blip --out b",
)
