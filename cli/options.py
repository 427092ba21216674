"""Options that several commands share, spelled once."""

from pathlib import Path

import click

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
