"""The sandbox's recipe in a minute: the same steps on a fraction of everything. All of it has run
then, and what comes out is no use.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sandbox.shrinking import shrink_steps
from sandbox.world import prompts
from specs.recipe import Recipe

_NUM_PROMPTS = 4  # of each scope in each half
_NOTHING: Mapping[str, Path] = MappingProxyType({})
_LESS: Mapping[str, Mapping[str, Any]] = {
    "sandbox.draw": {"num_pictures": 600, "regional_share": 0.1},
    "model.finetune": {"max_steps": 2, "batch_size": 8, "sample_every": 0},
    "images.generate": {"betas": [0, 0.5, 1], "steps": 2, "batch_size": 8},
}


def write_texts(folder: Path) -> dict[str, Path]:
    """A few of the shipped prompts and their questions, by the names that recipes use."""
    return {
        f"sandbox-{path.stem}": path for path in prompts.write(folder, num_prompts=_NUM_PROMPTS)
    }


def shrink(recipe: Recipe, texts: Mapping[str, Path] = _NOTHING) -> Recipe:
    """`texts`: files to be read where the recipe names these; without, the names stay."""
    return shrink_steps(recipe, _LESS, texts)
