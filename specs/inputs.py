"""What a piece of work reads, besides its own fields, and where it leaves what others read.

For each input the specification has a field of the same name, and the computation an argument of
the same name. The field holds a reference: the name of a row in the panel, a path on the terminal,
nothing when a step before supplies it. Doors turn references into paths; computations see paths.

Of an input of `many` the field holds a list. Each of them has a place, `students-1` and so on,
under which a step supplies it; the computation gets a list of paths.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal, TypeVar

Readable = Literal[
    "dataset",
    "model",
    "prompts",
    "outputs",
    "questions",
    "answers",
    "scores",
    "quiz",
    "passages",
    "knowledge",
    "vectors",
    "material",
    "measured",
]

# What models are for: to draw, to answer questions, to lay pictures and texts in one space.
Use = Literal["pictures", "answers", "vectors"]

# In `makes`, "" is the folder itself. This stands for one of several, which the reference of
# whoever reads names.
NAMED = "*"


@dataclass(frozen=True, kw_only=True)
class Input:
    name: str
    what: Readable
    required: bool = True
    # Of a model: what it is to do, where only some do that.
    use: Use | None = None
    # Of knowledge: chunks that can be searched, not passages alone.
    indexed: bool = False
    many: bool = False

    def owns(self, place: str) -> bool:
        """Whether what is supplied under this name is for it."""
        if self.many:
            return re.fullmatch(rf"{re.escape(self.name)}-[1-9]\d*", place) is not None
        return place == self.name


T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Place:
    """One thing that is read: the input that it is of, under which name, and what it refers to."""

    input: Input
    name: str
    reference: str


def list_places(inputs: Sequence[Input], spec: Any, supplied: Iterable[str] = ()) -> list[Place]:
    """Of everything that a specification may read; of many, those that it names or that are
    `supplied`, in the order of their numbers.
    """
    found: list[Place] = []
    for each in inputs:
        value = getattr(spec, each.name)
        if not each.many:
            found.append(Place(input=each, name=each.name, reference=str(value).strip()))
            continue
        named = {f"{each.name}-{number}": one.strip() for number, one in enumerate(value, 1)}
        names = {*named, *(place for place in supplied if each.owns(place))}
        found += [
            Place(input=each, name=name, reference=named.get(name, ""))
            for name in sorted(names, key=lambda name: int(name.rpartition("-")[2]))
        ]
    return found


def find_lacking(inputs: Sequence[Input], places: Sequence[Place]) -> str | None:
    """The name of an input of many that is required and has none."""
    there = {place.input.name for place in places}
    return next((each.name for each in inputs if each.required and each.name not in there), None)


def gather(
    inputs: Sequence[Input], places: Sequence[Place], found: Mapping[str, T]
) -> dict[str, T | list[T] | None]:
    """What a computation gets: of each input what was `found` at its place, of many a list."""
    gathered: dict[str, T | list[T] | None] = {}
    for each in inputs:
        own = [place.name for place in places if place.input == each]
        if each.many:
            gathered[each.name] = [found[name] for name in own if name in found]
        else:
            gathered[each.name] = found.get(each.name)
    return gathered


class NotMade(ValueError):
    """A step supplies what it does not make."""


def locate(kind: str, makes: Mapping[Readable, str], what: Readable, reference: str) -> str:
    """Where in the folder of a step before lies what another one reads from it."""
    if what not in makes:
        made = ", ".join(makes) or "nothing that another step reads"
        raise NotMade(f"'{kind}' makes no {what}; it makes {made}.")
    if makes[what] != NAMED:
        return makes[what]
    if not reference or PurePosixPath(reference).name != reference or reference == "..":
        raise NotMade(
            f"'{kind}' makes several of what is read as {what}: name one, such as beta-0.25."
        )
    return reference
