"""What `ggez merge` does when there is something to merge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cli.plain import computing, references
from cli.plain.recipes.computes import COMPUTES
from cli.terminal.progress import watching
from ml import files
from ml.merging import mergekit, outputs
from specs.kinds.model.model_merge import ModelMerge

# To see whether mergekit has words for a method, any number format will do.
_ANY = ("F16",)


def read_mergekit(file: Path, given: Mapping[str, Any], context: click.Context) -> dict[str, Any]:
    """What the file says, and on top of it what was said on the command line."""
    recipe = mergekit.read(file)
    click.echo(recipe.echo(), err=True)
    told = {
        "base": recipe.base,
        "tuned": recipe.tuned,
        "method": recipe.method,
        "betas": (recipe.beta,),
        "blocks": recipe.blocks,
    }
    said = {
        name: value
        for name, value in given.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE or name not in told
    }
    # A path on the command line is seen from where one stands, one in the file from the file.
    paths = {name: str(Path.cwd() / said[name]) for name in ("base", "tuned")
             if name in said and (Path.cwd() / said[name]).exists()}  # fmt: skip
    return told | said | paths


def run(spec: ModelMerge, out: Path, *, seen_from: Path, with_mergekit: bool) -> dict[str, Any]:
    method = spec.read_method()
    if with_mergekit:
        mergekit.write(method, spec.betas[0], spec.base, spec.tuned, _ANY)
    models = {
        name: references.find(getattr(spec, name), what="model", folder=seen_from)
        for name in ("base", "tuned")
    }
    if with_mergekit:
        for model in models.values():
            mergekit.check_whole(model)
    with watching(spec.label) as progress:
        result = computing.compute_into(out, COMPUTES[spec.kind].function, spec, progress, models)
    if with_mergekit:
        for each in result["variants"]:
            text = mergekit.write(
                method, each["beta"], str(models["base"]), str(models["tuned"]), result["dtypes"]
            )
            files.write_text(out / each["folder"] / outputs.MERGEKIT, text)
    return result
