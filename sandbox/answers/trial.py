"""The recipe of the answers arm in a minute: the same steps on a fraction of everything. All of it
has run then, and what comes out is no use.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.answers import quizzes
from sandbox.shrinking import shrink_steps
from specs.recipe import Recipe

_NUM_SCENES = 1  # of each thing in each half
_LESS: Mapping[str, Mapping[str, Any]] = {
    "sandbox.ask": {"num_pictures": 60, "regional_share": 0.5},
    "model.instruct": {"max_steps": 2, "batch_size": 8, "max_evaluated": 8},
    "answers.generate": {"betas": [0, 0.5]},
    "answers.compare": {"adapted": "beta-0.5"},
}


def write_quizzes(folder: Path) -> dict[str, Path]:
    """A few of the shipped questions, by the names that recipes use."""
    return {
        f"sandbox-{path.name}": path
        for path in quizzes.write_halves(folder, num_scenes=_NUM_SCENES, num_more=0)
    }


def shrink(recipe: Recipe, texts: Mapping[str, Path]) -> Recipe:
    """`texts`: what is read where the recipe names these."""
    return shrink_steps(recipe, _LESS, texts)
