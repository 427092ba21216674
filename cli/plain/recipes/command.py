"""A kind's computation as one command: its fields as options, plain files in, a new folder out."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from cli.jobs import options
from cli.terminal import output
from specs.inputs import find_lacking, gather, list_places
from specs.job import JobSpec

Show = Callable[[Mapping[str, Any], Path], None]
"""Prints a result for people; the folder is where the files are."""


def make(
    spec_type: type[JobSpec],
    *,
    name: str,
    says: str,
    epilog: str,
    out: str,
    show: Show,
    fixed: Mapping[str, Any] = MappingProxyType({}),
    without: Collection[str] = (),
) -> click.Command:
    """`fixed`: fields that the command lays down. `without`: those it has no use for."""

    def callback(*, out: Path, as_json: bool, **given: Any) -> None:
        result = _compute(spec_type, out, {**options.collect(given), **fixed})
        if as_json:
            output.print_json(result)
        else:
            show(result, out)

    return click.Command(
        name,
        callback=callback,
        params=[*options.make(spec_type, without={*fixed, *without}), *_make_usual(out)],
        help=says,
        epilog=epilog,
    )


def _make_usual(out: str) -> list[click.Option]:
    folder = click.Path(file_okay=False, path_type=Path)
    as_json = "Print JSON, and nothing but JSON, on stdout."
    return [
        click.Option(["--out"], required=True, type=folder, help=out),
        click.Option(["--json", "as_json"], is_flag=True, help=as_json),
    ]


def _compute(spec_type: type[JobSpec], out: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing  # noqa: PLC0415 - see above
    from cli.plain.recipes.computes import COMPUTES  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    spec = spec_type.model_validate(given)
    compute = COMPUTES[spec.kind]
    arguments = _find_inputs(spec) | compute.more(spec, Path.cwd())
    with watching(spec.label) as progress:
        return computing.compute_into(out, compute.function, spec, progress, arguments)


def _find_inputs(spec: JobSpec) -> dict[str, Any]:
    from cli.plain import references  # noqa: PLC0415 - see above

    named = [place for place in list_places(spec.inputs, spec) if place.reference]
    lacking = find_lacking(spec.inputs, named)
    if lacking is not None:
        raise click.UsageError(f"Missing option '--{lacking.replace('_', '-')}'.")
    found = {
        place.name: references.find(place.reference, what=place.input.what, folder=Path.cwd())
        for place in named
    }
    return gather(spec.inputs, named, found)
