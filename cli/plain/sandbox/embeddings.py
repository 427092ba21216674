"""The sandbox's run for embeddings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.running import Done
from cli.plain.sandbox import showing
from cli.terminal import output
from ml.progress import Progress
from sandbox import assets
from sandbox.embeddings import evidence, gallery, trial
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.model.model_align import ModelAlign
from specs.recipe import Recipe

SHEET = "pictures.png"
_REPORT = "score-to-report"


def shrink(recipe: Recipe, out: Path) -> Recipe:
    return trial.shrink(recipe, trial.write_texts(out / "captions"))


def weigh(
    done: Sequence[Done],
    out: Path,
    *,
    alpha: float,
    progress: Progress,  # noqa: ARG001 - it takes a moment
) -> dict[str, Any]:
    folders = {each.step: each.folder for each in done}
    found = evidence.weigh(folders, alpha=alpha)
    spec = next(each.spec for each in done if each.step == _REPORT)
    assert isinstance(spec, EmbeddingsScore), "The recipe says so."
    gallery.draw(
        assets.get(spec.base),
        folders["tune"] / ModelAlign.makes["model"],
        beta=found.chosen.beta,
        dataset=assets.find(spec.dataset) or Path(spec.dataset),
        path=out / SHEET,
    )
    return found.to_json() | {
        "languages": evidence.list_languages(folders[_REPORT]),
        "choices": evidence.list_choices(folders["answer-to-report"]),
        "pictures": str(out / SHEET),
    }


def show(facts: Mapping[str, Any]) -> None:
    click.echo("MRR@10 of retrieval in both directions:")
    showing.print_trade_off(facts)
    click.echo()
    for sentence in showing.explain(facts, counted="queries", drawn="pictures"):
        click.echo(sentence)
    click.echo()
    _print_languages(facts)
    click.echo(f"Pictures: {facts['pictures']}")


def _print_languages(facts: Mapping[str, Any]) -> None:
    """Of the base and the chosen merge."""
    wanted = ("beta-0", facts["chosen"]["variant"])
    rows = [each for each in facts["languages"] if each["variant"] in wanted]
    languages = list(rows[0]["by_language"])
    output.print_table(
        ("beta", "scope", *languages),
        [
            (
                f"{each['beta']:g}",
                each["scope"],
                *(f"{each['by_language'][language]:.1f}" for language in languages),
            )
            for each in rows
        ],
    )
