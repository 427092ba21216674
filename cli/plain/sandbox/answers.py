"""The sandbox's run for answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.running import Done
from cli.plain.sandbox import showing
from cli.terminal import output
from ml.progress import Progress
from sandbox.answers import again, evidence, trial
from specs.recipe import Recipe

_CELLS = ("base_plain", "base_retrieved", "adapted_plain", "adapted_retrieved")
_EFFECTS = ("adaptation_plain", "retrieval_base", "retrieval_adapted", "both", "interaction")


def shrink(recipe: Recipe, out: Path) -> Recipe:
    return trial.shrink(recipe, trial.write_quizzes(out / "quizzes"))


def repeat(recipe: Recipe, out: Path, series: int) -> Recipe:
    return again.turn(recipe, again.write_quizzes(out / "quizzes", series), series)


def weigh(done: Sequence[Done], out: Path, *, alpha: float, progress: Progress) -> dict[str, Any]:
    folders = {each.step: each.folder for each in done}
    found = evidence.weigh(folders, alpha=alpha)
    compared = evidence.compare_chosen(folders, found, out, progress)
    return found.to_json() | {
        "two_by_two": compared,
        "retrieval_helps": evidence.retrieval_helps(compared),
    }


def show(facts: Mapping[str, Any]) -> None:
    showing.print_trade_off(facts)
    click.echo()
    _print_two_by_two(facts["two_by_two"])
    click.echo()
    for sentence in showing.explain(facts, counted="answers", drawn="questions"):
        click.echo(sentence)
    helped = "raises" if facts["retrieval_helps"] else "does not raise"
    click.echo(f"Retrieval {helped} what the base knows of the region, beyond chance.")


def _print_two_by_two(compared: Mapping[str, Any]) -> None:
    scopes = compared["scopes"]
    rows = [
        (
            name.replace("_", ", "),
            *(showing.say_interval(scope[kind][name], showing.PER_CENT) for scope in scopes),
        )
        for kind, names in (("cells", _CELLS), ("effects", _EFFECTS))
        for name in names
    ]
    output.print_table(("per cent right", *(scope["scope"] for scope in scopes)), rows)
