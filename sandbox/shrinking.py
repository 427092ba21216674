"""Recipes made small: the same steps on a fraction of everything."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from specs.recipe import Recipe, Step

_NOTHING: Mapping[str, Path] = MappingProxyType({})


def shrink_steps(
    recipe: Recipe, less: Mapping[str, Mapping[str, Any]], texts: Mapping[str, Path] = _NOTHING
) -> Recipe:
    """`less`: by kind, what its specification says instead. `texts`: files to be read where the
    recipe names these; without, the names stay.
    """
    steps = tuple(_shrink(step, less.get(step.kind, {}), texts) for step in recipe.steps)
    return recipe.model_copy(update={"steps": steps})


def name_texts(step: Step, texts: Mapping[str, Path]) -> dict[str, Any]:
    """The step's specification, with files in the place of names."""
    named = {
        name: str(texts[value].resolve())
        for name, value in step.spec.items()
        if isinstance(value, str) and value in texts
    }
    return {**step.spec, **named}


def _shrink(step: Step, less: Mapping[str, Any], texts: Mapping[str, Path]) -> Step:
    return step.model_copy(update={"spec": {**name_texts(step, texts), **less}})
