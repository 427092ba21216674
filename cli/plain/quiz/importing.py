"""`ggez quiz import`: a published benchmark or our own tables in, a quiz out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.command import Command
from cli.terminal import output
from specs.kinds.quiz.quiz_import import QuizImport

_SHOWN = ("form", "scope", "country", "language")
_MOST_VALUES = 12


def _show(result: Mapping[str, Any], out: Path) -> None:
    counts = {name: _list(result["counts"].get(name, {})) for name in _SHOWN}
    output.print_facts(
        {
            "quiz": result["name"],
            "shape": ", ".join(result["shapes"]),
            "questions": f"{result['num_questions']:,}",
            "pictures": f"{result['num_pictures']:,}",
            **counts,
            "problems": f"{result['num_problems']:,}",
            "digest": result["digest"],
        }
    )
    for reason, number in result["reasons"].items():
        click.echo(f"{reason}: {number:,}", err=True)
    for each in result["problems"]:
        click.echo(f"{each['reference']}: {each['message']}", err=True)
    for note in result["notes"]:
        click.echo(note, err=True)
    click.echo(f"The quiz is in {out}; all problems are in {out / 'problems.jsonl'}.")


def _list(counts: Mapping[str, int]) -> str:
    listed = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    shown = ", ".join(f"{value} {number:,}" for value, number in listed[:_MOST_VALUES])
    more = len(listed) - _MOST_VALUES
    return f"{shown} and {more} more" if more > 0 else shown


import_ = Command(
    spec=QuizImport,
    name="import",
    says="Import a published benchmark or own questions.\n\nReads CVQA, SEA-VQA, WorldCuisines and "
    "our own columns from Parquet, JSONL, JSON or CSV. Questions that are wrong are left out and "
    "listed. Stopped, the same command goes on from there.",
    epilog="Example: ggez quiz import --source cvqa --name CVQA --licence own --out q",
    out="A new folder, for the quiz.",
    show=_show,
).make()
