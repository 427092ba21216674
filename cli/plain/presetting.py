"""The specification of a command with presets: what is given comes on top of the file, the file on
top of the preset.
"""

from typing import IO, Any, TypeVar

import click

from cli.jobs import options
from specs import presets
from specs.job import JobSpec

S = TypeVar("S", bound=JobSpec)


def read_spec(
    spec_type: type[S], preset: str | None, file: IO[str] | None, given: dict[str, Any]
) -> S:
    values = options.read_file(file, spec_type.kind) if file else {}
    values |= options.collect(given)
    if preset is not None:
        values = presets.find_preset(preset, spec_type.kind).fill(values)
    for each in spec_type.inputs:
        if each.required and not values.get(each.name):
            raise click.UsageError(f"Missing option '--{each.name}'.")
    return spec_type.model_validate(values)
