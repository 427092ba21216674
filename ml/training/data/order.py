"""In which order items are seen: a pure function of the seed, so that a training goes on at any
step without having kept anything, and of the whole batch, however it is cut up.

Each epoch sees every item once. Epochs follow each other without a gap, so that no step is short.
Items of one shape stand beside each other as far as a batch reaches, because those of another shape
go through the model by themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_ORDER, _VIEWS = 1, 2  # keeps random numbers of different purposes apart


@dataclass(frozen=True)
class Seen:
    """What one step sees, by position in the batch."""

    items: NDArray[np.int64]  # their numbers
    epochs: NDArray[np.int64]  # how often each was seen before
    views: NDArray[np.int64]  # which crop or mirror image of each


class Order:
    def __init__(
        self, shapes: Mapping[int, Sequence[int]], *, batch_size: int, num_views: int, seed: int
    ) -> None:
        """`shapes`: which items there are, by the number of their shape."""
        self._groups = [np.asarray(shapes[key], np.int64) for key in sorted(shapes)]
        self._batch_size = batch_size
        self._num_views = num_views
        self._seed = seed
        self.num_items = sum(map(len, self._groups))
        highest = max((int(group.max()) for group in self._groups if len(group)), default=-1)
        random = np.random.default_rng([seed, _VIEWS])
        self._first_view = random.integers(0, num_views, highest + 1)
        self._shape_of = np.zeros(highest + 1, np.int64)
        for number, group in enumerate(self._groups):
            self._shape_of[group] = number
        self._epoch = lru_cache(maxsize=2)(self._make_epoch)

    def find(self, step: int) -> Seen:
        places = np.arange(step * self._batch_size, (step + 1) * self._batch_size)
        epochs, places = np.divmod(places, self.num_items)
        items = np.empty(self._batch_size, np.int64)
        for epoch in range(int(epochs[0]), int(epochs[-1]) + 1):
            items[epochs == epoch] = self._epoch(epoch)[places[epochs == epoch]]
        return Seen(items, epochs, (self._first_view[items] + epochs) % self._num_views)

    def cut(self, seen: Seen, micro_batch: int) -> list[NDArray[np.int64]]:
        """Positions in the batch that go through the model together: of one shape, and at most so
        many at once.
        """
        shapes = self._shape_of[seen.items]
        in_turn = dict.fromkeys(shapes.tolist())
        together = [np.flatnonzero(shapes == shape) for shape in in_turn]
        return [
            positions[start : start + micro_batch]
            for positions in together
            for start in range(0, len(positions), micro_batch)
        ]

    def _make_epoch(self, epoch: int) -> NDArray[np.int64]:
        random = np.random.default_rng([self._seed, _ORDER, epoch])
        size = self._batch_size
        whole: list[NDArray[np.int64]] = []
        rest: list[NDArray[np.int64]] = []
        for group in self._groups:
            shuffled = random.permutation(group)
            end = len(shuffled) // size * size
            whole += list(shuffled[:end].reshape(-1, size))
            rest.append(shuffled[end:])
        left = np.concatenate([rest[place] for place in random.permutation(len(rest))])
        blocks = [*whole, *(left[start : start + size] for start in range(0, len(left), size))]
        return np.concatenate([blocks[place] for place in random.permutation(len(blocks))])
