"""A group of commands whose help comes from a table: it loads no module of a command."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True)
class Place:
    module: str
    command: str
    summary: str
    """What the command says of itself, once more; a contract test compares the two."""


class LazyGroup(click.Group):
    def __init__(self, *, places: Mapping[str, Place], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        place = self.places.get(cmd_name)
        if place is None:
            return None
        command = getattr(importlib.import_module(place.module), place.command)
        assert isinstance(command, click.Command), "The table names commands."
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in self.places.items()])
