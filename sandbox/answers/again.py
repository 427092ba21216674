"""The recipe of the answers arm once more, with other seeds and questions about pictures that
nobody has seen: what a figure is worth that was found once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.answers import quizzes
from specs.recipe import Recipe, Step

_SEEDED = frozenset({"sandbox.ask", "model.instruct"})


def write_quizzes(folder: Path, series: int) -> dict[str, Path]:
    """The halves of another series, by the names that recipes use."""
    return {f"sandbox-{path.name}": path for path in quizzes.write_halves(folder, series=series)}


def turn(recipe: Recipe, texts: Mapping[str, Path], series: int) -> Recipe:
    """`texts`: what is read where the recipe names these."""
    steps = tuple(_turn_step(step, texts, series) for step in recipe.steps)
    return recipe.model_copy(update={"steps": steps})


def name_texts(step: Step, texts: Mapping[str, Path]) -> dict[str, Any]:
    """The step's specification, with files in the place of names."""
    named = {
        name: str(texts[value].resolve())
        for name, value in step.spec.items()
        if isinstance(value, str) and value in texts
    }
    return {**step.spec, **named}


def _turn_step(step: Step, texts: Mapping[str, Path], series: int) -> Step:
    spec = name_texts(step, texts)
    if step.kind in _SEEDED:
        spec["seed"] = spec.get("seed", 0) + series
    return step.model_copy(update={"spec": spec})
