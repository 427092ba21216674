"""A recipe: named steps, each one piece of work, and who needs whose result.

`plan` turns it into an ordered list that can be shown, stored and tested without computing. The
panel inserts the same list as jobs that the terminal runs in one process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from specs import registry
from specs.job import JobSpec

_FIRST: dict[str, JsonValue] = {"name": "quick", "kind": "system.check", "spec": {"repeats": 1}}
_SECOND: dict[str, JsonValue] = {
    "name": "thorough",
    "kind": "system.check",
    "needs": {"before": "quick"},
}


class Step(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [_FIRST, _SECOND]}
    )

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)
    kind: str
    spec: Mapping[str, Any] = Field(default_factory=dict)
    # What this step calls a result it needs -> the step that makes it.
    needs: Mapping[str, str] = Field(default_factory=dict)
    # Steps that must have succeeded before, whatever they made.
    after: tuple[str, ...] = ()

    def parents(self) -> dict[str, str]:
        return {name: name for name in self.after} | dict(self.needs)


class Recipe(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Check twice", "steps": [_FIRST, _SECOND]}]},
    )

    name: str = Field(min_length=1, max_length=120)
    steps: tuple[Step, ...] = Field(min_length=1)


@dataclass(frozen=True)
class PlannedStep:
    name: str
    spec: JobSpec
    parents: Mapping[str, str]  # under which name -> which step


class RecipeImpossible(ValueError):
    """A recipe that cannot be carried out, and why."""


def plan(recipe: Recipe) -> list[PlannedStep]:
    """The steps in an order in which each comes after what it needs. Of those that could come
    next, the one written first in the recipe does.
    """
    by_name = _index(recipe.steps)
    _check_parents(recipe.steps, by_name)
    return [
        PlannedStep(name, _read_spec(by_name[name]), by_name[name].parents())
        for name in _sort(recipe.steps)
    ]


def _index(steps: Sequence[Step]) -> dict[str, Step]:
    by_name: dict[str, Step] = {}
    for step in steps:
        if step.name in by_name:
            msg = f"Two steps are called '{step.name}'."
            raise RecipeImpossible(msg)
        by_name[step.name] = step
    return by_name


def _check_parents(steps: Sequence[Step], by_name: Mapping[str, Step]) -> None:
    for step in steps:
        parents = step.parents()
        for parent in parents.values():
            if parent not in by_name:
                known = ", ".join(by_name)
                msg = f"Step '{step.name}' needs '{parent}', which is no step; there are: {known}."
                raise RecipeImpossible(msg)
        if len(set(parents.values())) < len(parents):
            msg = f"Step '{step.name}' names a step that it needs more than once."
            raise RecipeImpossible(msg)


def _sort(steps: Sequence[Step]) -> list[str]:
    place = {step.name: number for number, step in enumerate(steps)}
    sorter = TopologicalSorter({step.name: step.parents().values() for step in steps})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(f"'{name}'" for name in error.args[1])
        msg = f"These steps wait for each other: {circle}."
        raise RecipeImpossible(msg) from error
    ordered: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
        following = ready.pop(0)
        ordered.append(following)
        sorter.done(following)
    return ordered


def _read_spec(step: Step) -> JobSpec:
    try:
        return registry.find_spec(step.kind).model_validate(dict(step.spec))
    except registry.UnknownKind as error:
        msg = f"Step '{step.name}': {error}"
        raise RecipeImpossible(msg) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "spec"
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        msg = f"Step '{step.name}': '{field}' cannot be so: {said}."
        raise RecipeImpossible(msg) from error
