"""What a command prints on stdout: one JSON value for programs, or text for people."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from stats.estimate import Estimate


def print_json(value: Mapping[str, Any]) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def print_items(items: Sequence[Mapping[str, Any]]) -> None:
    """A list is an object too, so that something can be added beside it one day."""
    print_json({"items": items})


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as what stands in them; the last one runs on."""
    cells = [[_as_text(value) for value in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)][:-1]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*padded, row[-1]]).rstrip())


def print_facts(facts: Mapping[str, object]) -> None:
    """One fact per line, without those that are empty."""
    known = {name: text for name, value in facts.items() if (text := _as_text(value))}
    width = max(map(len, known), default=0)
    for name, text in known.items():
        click.echo(f"{name.ljust(width)}  {text}")


def as_interval(estimate: Estimate) -> str:
    """A value with its interval; a dash where there is none."""
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def as_p(estimate: Estimate) -> str:
    return "-" if estimate.value is None else f"{estimate.value:.4f}"


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON: say how it is written.")


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=_plain) if value else ""
    return str(value)
