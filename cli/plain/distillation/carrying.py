"""Carries a study's recipe out in this process, and lays what it found beside its steps."""

import json
import shutil
from pathlib import Path

import click

from cli.plain.recipes import running
from cli.terminal.progress import watching
from specs.grids.distillation import JOIN
from specs.recipe import Recipe
from stats.distillation.study import Study

STUDY = "study.json"


def carry_out(recipe: Recipe, out: Path, *, seen_from: Path) -> Study:
    with watching(recipe.name) as progress:
        done = running.run_recipe(
            recipe,
            out,
            progress,
            seen_from=seen_from,
            say=lambda sentence: click.echo(sentence, err=True),
        )
    folder = next(each.folder for each in done if each.step == JOIN)
    for path in sorted(folder.iterdir()):
        shutil.copyfile(path, out / path.name)
    return Study.from_json(json.loads((out / STUDY).read_text("utf-8")))
