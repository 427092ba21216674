"""`ggez tune`: a pipeline and a data set in, a tuned pipeline out; no database."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.plain.recipes.command import Command, showing_facts
from specs.kinds.model.model_finetune import ModelFinetune

_CACHE = click.Option(
    ["--cache"],
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep encoded pictures and captions here for the next tuning.",
)


def _find_cache(given: Mapping[str, Any]) -> Mapping[str, Any]:
    cache: Path | None = given["cache"]
    return {} if cache is None else {"cache_dir": cache.resolve()}


tune = Command(
    name="tune",
    spec=ModelFinetune,
    says="Train the UNet of a diffusion pipeline on a data set, whole or as LoRA.\n\n"
    "Stopped, the same command goes on where it was.",
    epilog="Example: ggez tune --base sandbox-base --dataset batik --out tuned",
    takes_files=True,
    out="A new folder: the model, samples, the loss of every step and a card.",
    show=showing_facts(
        "method", "steps", "epochs", "num_items", "final_loss", "num_cut_captions", "size_bytes"
    ),
    more=(_CACHE,),
    find_more=_find_cache,
).make()
