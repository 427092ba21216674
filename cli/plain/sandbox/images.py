"""The sandbox's run for pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.running import Done
from cli.plain.sandbox import showing
from ml.progress import Progress
from sandbox import evidence, gallery, trial
from sandbox.measuring import filtering
from specs.recipe import Recipe

SHEET = "pictures.png"


def shrink(recipe: Recipe, out: Path) -> Recipe:
    return trial.shrink(recipe, trial.write_texts(out / "prompts"))


def weigh(
    done: Sequence[Done],
    out: Path,
    *,
    alpha: float,
    progress: Progress,  # noqa: ARG001 - it takes a moment
) -> dict[str, Any]:
    folders = {each.step: each.folder for each in done}
    found = evidence.weigh(folders["score-to-choose"], folders["score-to-report"], alpha=alpha)
    gallery.draw(folders["draw-to-report"], out / SHEET)
    return found.to_json() | {
        "filter": filtering.measure(folders["filter"], folders["draw"]).to_json(),
        "funnel": next(each.result["funnel"] for each in done if each.step == "filter"),
        "pictures": str(out / SHEET),
    }


def show(facts: Mapping[str, Any]) -> None:
    showing.print_trade_off(facts)
    click.echo()
    for sentence in showing.explain(facts, counted="answers", drawn="prompts"):
        click.echo(sentence)
    click.echo(f"Pictures: {facts['pictures']}")
