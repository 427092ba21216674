"""A passage as it stands in a file, before anybody has looked at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ml.datasets.problems import UnfitItem


@dataclass(frozen=True, kw_only=True)
class Passage:
    values: Mapping[str, str]  # of specs.knowledge.STATED, such as are said
    picture: str = ""  # a path as it is written there
    num_more_pictures: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """A passage, or why it cannot be read."""

    reference: str  # how a person finds it
    passage: Passage | UnfitItem = field()
