"""How a computation tells what it has done, and hears that it should stop.

A compute function looks like this, whatever the job kind:

    def compute(spec, *, out_dir, state_dir, progress, **arguments) -> dict[str, Any]

`out_dir` is empty at the start and published whole at the end. `state_dir` survives from one
attempt to the next: what is needed to resume goes there. The returned dict is JSON.
"""

from collections.abc import Mapping
from typing import Protocol


def word(text: str) -> str:
    """Marks the message or unit of a report for translation: pages say it in their language."""
    return text


class Stopped(Exception):
    """Raised by `progress.check` when somebody asked the job to stop: save what is needed to
    resume, let it pass, and return nothing.
    """


class OutOfMemory(Exception):
    """A device ran out of memory. Says what was being held and what to change."""


class Progress(Protocol):
    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """Report; cheap enough to call per item (the receiver thins it out)."""

    def check(self) -> None:
        """Raise `Stopped` if the job was asked to stop. Call it at least every second."""


class Silent:
    """For tests and for callers that do not watch."""

    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None: ...

    def check(self) -> None: ...
