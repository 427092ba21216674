"""The shape that these commands share: a kind's fields as options, a folder that appears whole."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from cli.jobs import options
from cli.terminal import output
from specs.job import JobSpec


def make_command(
    name: str,
    spec_type: type[JobSpec],
    *,
    summary: str,
    epilog: str,
    show: Callable[[Mapping[str, Any], Path], None],
) -> click.Command:
    """`show` prints the result for people."""

    def callback(*, out: Path, as_json: bool, **given: Any) -> None:
        result = _compute(spec_type, out, given)
        if as_json:
            output.print_json(result)
        else:
            show(result, out)

    return click.Command(
        name,
        callback=callback,
        params=[
            *options.make(spec_type),
            click.Option(
                ["--out"],
                required=True,
                type=click.Path(file_okay=False, path_type=Path),
                help="A new folder, for what is made.",
            ),
            click.Option(
                ["--json", "as_json"],
                is_flag=True,
                help="Print JSON, and nothing but JSON, on stdout.",
            ),
        ],
        help=summary,
        epilog=epilog,
    )


def _compute(spec_type: type[JobSpec], out: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing, references  # noqa: PLC0415 - see above
    from cli.plain.recipes.computes import COMPUTES  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    spec = spec_type.model_validate(options.collect(given))
    inputs: dict[str, Path | None] = {}
    for each in spec.inputs:
        reference = getattr(spec, each.name)
        if not reference and each.required:
            raise click.UsageError(f"Missing option '--{each.name}'.")
        inputs[each.name] = (
            references.find(reference, what=each.what, folder=Path.cwd()) if reference else None
        )
    with watching(spec.label) as progress:
        return computing.compute_into(out, COMPUTES[spec.kind].function, spec, progress, inputs)
