"""The sandbox's run for embeddings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.running import Done
from cli.plain.sandbox import showing
from cli.terminal import output
from ml.loading.encoders import FAMILIES
from ml.progress import Progress
from sandbox import assets
from sandbox.embeddings import evidence, gallery, trial
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.model.model_align import ModelAlign
from specs.recipe import Recipe

SHEET = "pictures.png"


def shrink(recipe: Recipe, out: Path) -> Recipe:
    return trial.shrink(recipe, trial.write_texts(out / "captions"))


def weigh(
    done: Sequence[Done],
    out: Path,
    *,
    alpha: float,
    progress: Progress,  # noqa: ARG001 - it takes a moment
) -> dict[str, Any]:
    """Of the model that stands for the arm, with the others below `models`."""
    folders = {each.step: each.folder for each in done}
    models = {
        family: found.to_json()
        | {
            "languages": evidence.list_languages(folders[f"{family}-to-report"]),
            "choices": evidence.list_choices(folders[f"{family}-choices"]),
        }
        for family, found in evidence.weigh(folders, alpha=alpha).items()
    }
    shown = models[evidence.SHOWN]
    gallery.draw(
        assets.get(f"sandbox-{evidence.SHOWN}"),
        folders[f"tune-{evidence.SHOWN}"] / ModelAlign.makes["model"],
        beta=shown["chosen"]["beta"],
        dataset=_find_reported(done),
        path=out / SHEET,
    )
    return shown | {
        "holds": all(found["holds"] for found in models.values()),
        "shown": evidence.SHOWN,
        "models": models,
        "pictures": str(out / SHEET),
    }


def _find_reported(done: Sequence[Done]) -> Path:
    """The data set that was reported on, shipped or small."""
    spec = next(each.spec for each in done if each.step == f"{evidence.SHOWN}-to-report")
    assert isinstance(spec, EmbeddingsScore), "The recipe says so."
    return assets.find(spec.dataset) or Path(spec.dataset)


def show(facts: Mapping[str, Any]) -> None:
    for family, found in facts["models"].items():
        click.echo(f"{FAMILIES[family]}, MRR@10 of retrieval in both directions:")
        showing.print_trade_off(found)
        click.echo()
        for sentence in showing.explain(found, what="pictures"):
            click.echo(sentence)
        click.echo()
        _print_languages(found)
        click.echo()
    click.echo(f"Pictures: {facts['pictures']}")


def _print_languages(found: Mapping[str, Any]) -> None:
    """Of the base and the chosen merge."""
    wanted = dict.fromkeys(("beta-0", found["chosen"]["variant"]))
    rows = [each for each in found["languages"] if each["variant"] in wanted]
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
