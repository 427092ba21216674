"""The parts of steps one after another, some of them made ahead in a thread."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Generic, Protocol, Self, TypeVar

import torch

_NUM_AHEAD = 3


class Part(Protocol):
    """Of a batch: what goes through the model at once."""

    @property
    def is_last(self) -> bool:
        """Of the parts of this process in its step."""

    def to(self, device: torch.device) -> Self: ...

    def pin(self) -> Self: ...


P = TypeVar("P", bound=Part)
P_co = TypeVar("P_co", bound=Part, covariant=True)


class Batches(Protocol[P_co]):
    def make_step(self, step: int) -> Iterator[P_co]:
        """The parts of this process, one after another; at least one."""


class Ahead(Generic[P]):
    """What goes wrong in the thread is raised by `take`."""

    def __init__(self, batches: Batches[P], steps: range, *, pinned: bool = False) -> None:
        self._pinned = pinned
        self._parts = chain.from_iterable(map(batches.make_step, steps))
        self._pool = ThreadPoolExecutor(1)
        self._waiting = deque(self._pool.submit(self._make_next) for _ in range(_NUM_AHEAD))

    def take(self) -> P:
        self._waiting.append(self._pool.submit(self._make_next))
        part = self._waiting.popleft().result()
        assert part is not None, "Every step ends with a part that says so."
        return part

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _make_next(self) -> P | None:
        """None after the last step."""
        part = next(self._parts, None)
        return part.pin() if part is not None and self._pinned else part
