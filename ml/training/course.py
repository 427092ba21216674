"""What a training is given besides its model and its batches: how far it goes, and when to look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.training.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Look:
    """At what was learnt so far, every so many steps and at the end: by one process, at the model
    with its average. Numbers that come back stand in the log.
    """

    every: int  # 0: never
    saying: str  # a word
    at: Callable[[Any, int], Mapping[str, float] | None]


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a training is given besides the model and its batches."""

    settings: Settings
    num_steps: int
    state_dir: Path
    identity: str  # a checkpoint of another is not gone on with
    stages: tuple[int, ...] = ()  # steps of each; the schedule begins anew. None: one stage
    look: Look | None = None

    @property
    def checkpoints(self) -> Path:
        return self.state_dir / "checkpoints"

    def find_place(self, step: int) -> tuple[int, int]:
        """The number of the step in its stage, and how many steps that has."""
        for length in self.stages:
            if step < length:
                return step, length
            step -= length
        return step, self.num_steps
