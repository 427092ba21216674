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
