"""Options that several commands share, spelled once."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")

data_option = click.option(
    "--data",
    envvar="GGEZ_DATA",
    default="var",
    show_default=True,
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The data folder of the instance.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, and nothing but JSON, on stdout."
)
resamples_option = click.option(
    "--bootstrap",
    "num_resamples",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    help="How many resamples.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of what is drawn."
)
confidence_option = click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Of intervals.",
)


def levels_option(*, required: bool) -> Callable[[Any], Any]:
    return click.option(
        "--levels",
        required=required,
        callback=_read_levels,
        help="Of the scale, used or not: 1..5, or all of them as 0,1,3.",
    )


def _read_levels(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> Sequence[float] | None:
    if text is None:
        return None
    if found := _RANGE.fullmatch(text.strip()):
        low, high = (int(end) for end in found.groups())
        return range(low, high + 1)
    try:
        return [float(level) for level in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is neither a range like 1..5 nor numbers.") from error
