"""The recipe of the answers arm once more, with other seeds and questions about pictures that
nobody has seen: what a figure is worth that was found once.
"""

from collections.abc import Mapping
from pathlib import Path

from sandbox.answers import quizzes
from sandbox.shrinking import name_texts
from specs.recipe import Recipe, Step

_SEEDED = frozenset({"sandbox.ask", "model.instruct"})


def write_quizzes(folder: Path, series: int) -> dict[str, Path]:
    """The halves of another series, by the names that recipes use."""
    return {f"sandbox-{path.name}": path for path in quizzes.write_halves(folder, series=series)}


def turn(recipe: Recipe, texts: Mapping[str, Path], series: int) -> Recipe:
    """`texts`: what is read where the recipe names these."""
    steps = tuple(_turn_step(step, texts, series) for step in recipe.steps)
    return recipe.model_copy(update={"steps": steps})


def _turn_step(step: Step, texts: Mapping[str, Path], series: int) -> Step:
    spec = name_texts(step, texts)
    if step.kind in _SEEDED:
        spec["seed"] = spec.get("seed", 0) + series
    return step.model_copy(update={"spec": spec})
