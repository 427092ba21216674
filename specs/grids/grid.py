"""What a grid is: a recipe of which a few places are open, and those are fields of one form."""

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from specs.inputs import Input
from specs.recipe import Recipe


class Grid(BaseModel, ABC):
    model_config = ConfigDict(frozen=True, extra="forbid")

    label: ClassVar[str]
    summary: ClassVar[str]
    inputs: ClassVar[tuple[Input, ...]]
    essentials: ClassVar[tuple[str, ...]]

    @abstractmethod
    def to_recipe(self) -> Recipe:
        """All jobs, each with what it reads from the ones before it."""
