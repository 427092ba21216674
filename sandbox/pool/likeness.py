"""Whether two pictures look the same.

Two drawings may by chance be as alike as a picture and its copy. Nobody could say then which of
them was planted, so the pool draws such a one again.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from PIL import Image

from sandbox.world.scene import Scene

# Clearly more than what a copy differs by: see sandbox.pool.flaws.
MEAN_DIFFERENCE = 9.0  # of 32 x 32 RGB values
LOCAL_DIFFERENCE = 35.0  # of the 4 x 4 pixels where they differ most
_MOST_TRIES = 300
_SIDE, _CELLS = 32, 8

Thumbnail = np.ndarray[tuple[int, ...], np.dtype[np.int16]]


class TooAlike(ValueError):
    """The world has no further picture of this scene that differs from those before."""


def shrink(picture: Image.Image) -> Thumbnail:
    """32 x 32 x 3."""
    small = picture.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(small).astype(np.int16)


def measure(thumbnails: Thumbnail, other: Thumbnail) -> tuple[np.ndarray, np.ndarray]:
    """How each of (n, 32, 32, 3) differs from another one: on average, and in the worst cell."""
    difference = np.abs(thumbnails - other).mean(axis=3)
    return difference.mean(axis=(1, 2)), _average_cells(difference[..., None])[..., 0].max(axis=1)


def _average_cells(pictures: np.ndarray) -> np.ndarray:
    """(n, 32, 32, c) -> (n, 64, c)."""
    num, channels = len(pictures), pictures.shape[-1]
    step = _SIDE // _CELLS
    cells = pictures.reshape(num, _CELLS, step, _CELLS, step, channels)
    averages: np.ndarray = cells.mean(axis=(2, 4))
    return averages.reshape(num, _CELLS * _CELLS, channels)


class Distinct:
    """Makes pictures so that each looks different from those made before."""

    def __init__(self) -> None:
        # What may look alike at all: the same number of things at the same place, of the same
        # size, before the same background.
        self._groups: dict[tuple[object, ...], _Group] = defaultdict(_Group)

    def make(
        self, scene: Scene, seed: int, make: Callable[[int], Image.Image], *, original: int
    ) -> int:
        """The first seed, from this one on, whose picture looks like no other's. Those of the same
        `original` may look alike.
        """
        group = self._groups[scene.size, scene.place, scene.count, scene.background]
        for number in range(_MOST_TRIES):
            attempt = (seed + number * 7919) % 2**31
            thumbnail = shrink(make(attempt))
            if not group.knows(thumbnail, original):
                group.add(thumbnail, original)
                return attempt
        raise TooAlike(
            f"After {group.num} pictures of this kind no further one of {scene} looks different. "
            "Draw a smaller pool."
        )


class _Group:
    """Cells alone rule most pairs out: averages never differ more than what they are made of."""

    def __init__(self) -> None:
        self.num = 0
        self._cells = np.empty((64, _CELLS * _CELLS * 3), np.float32)
        self._originals = np.empty(64, np.int64)
        self._thumbnails: list[np.ndarray] = []

    def add(self, thumbnail: Thumbnail, original: int) -> None:
        if self.num == len(self._cells):
            self._cells = np.concatenate([self._cells, np.empty_like(self._cells)])
            self._originals = np.concatenate([self._originals, np.empty_like(self._originals)])
        self._cells[self.num] = _average_cells(thumbnail[None]).ravel()
        self._originals[self.num] = original
        self._thumbnails.append(thumbnail.astype(np.uint8))
        self.num += 1

    def knows(self, thumbnail: Thumbnail, original: int) -> bool:
        cells = _average_cells(thumbnail[None])[0].astype(np.float32)
        difference = np.abs(self._cells[: self.num] - cells.ravel())
        is_near = difference.mean(axis=1) <= MEAN_DIFFERENCE
        is_near &= self._originals[: self.num] != original
        near = np.flatnonzero(is_near)
        worst = difference[near].reshape(len(near), _CELLS * _CELLS, 3).mean(axis=2).max(axis=1)
        candidates = near[worst <= LOCAL_DIFFERENCE]
        if not len(candidates):
            return False
        found = np.stack([self._thumbnails[index] for index in candidates])
        mean, local = measure(found, thumbnail)
        return bool(((mean <= MEAN_DIFFERENCE) & (local <= LOCAL_DIFFERENCE)).any())
