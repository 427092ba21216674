"""What a rater's page or answer is made from: values that `views` fills, and nothing beside them.

None of them holds an arm, a variant, an output, an item, a prompt's key, a seed, a file's name, a
size in bytes or a time of creation; pictures are asked for by assignment and position, both of
which say nothing.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One output at one position. Of an answer there is text, of a picture its size on screen."""

    position: int
    answer: str
    language: str  # of the prompt that it answers; empty: not known
    width: int | None
    height: int | None

    @property
    def is_picture(self) -> bool:
        return self.width is not None


@dataclass(frozen=True, kw_only=True)
class Level:
    value: int
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A criterion in the rater's language."""

    key: str
    name: str
    question: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What this rater answered before, as they saw it."""

    values: Mapping[str, Any]
    cannot_judge: str
    comment: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Task:
    """One item as the page shows it."""

    token: uuid.UUID  # the assignment
    form: str
    prompt: str
    prompt_language: str
    stratum: str
    category: str
    country: str  # empty where answers are rated
    question: Shown | None  # the picture that answers are about
    outputs: tuple[Shown, ...]
    criteria: tuple[Asked, ...]
    instruction: int | None  # a check says which level to choose
    is_held: bool
    lease_expires_at: dt.datetime
    said: Said | None


@dataclass(frozen=True, kw_only=True)
class Explained:
    """After a practice item: what was best, and why."""

    best: Mapping[str, Sequence[int]]
    text: str
