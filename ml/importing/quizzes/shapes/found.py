"""What a shape finds in a row, and what it is told about where the row stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ml.importing.quizzes.names import Names
from ml.importing.quizzes.tables import Table
from specs.kinds.quiz.quiz_import import QuizImport


@dataclass(frozen=True, kw_only=True)
class Place:
    spec: QuizImport
    names: Names
    table: Table
    number: int  # of the row
    # Countries of what is asked about, by the key of a table beside the questions.
    countries: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One question, of which nothing has been checked."""

    key: str
    question: str
    options: tuple[str, ...] = ()
    answer: int | None = None
    answers: tuple[str, ...] = ()
    picture: bytes | str | None = None
    sha256: str = ""  # of the picture, where the row says so
    is_pictured: bool = True  # without a picture it is nothing
    scope: str = ""
    region: str = ""
    country: str = ""
    language: str = ""
    category: str = ""
    stratum: str = ""
    split: str = ""
    group: str = ""
    source: str = ""
    licence: str = ""
    context: tuple[str, ...] = ()


class Shape(Protocol):
    """A module of this package."""

    columns: Sequence[Sequence[str]]
    """What a header must have: of each of these, one."""
    read: Callable[[Mapping[str, Any], Place], list[Found]]
