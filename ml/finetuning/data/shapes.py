"""Which shapes pictures are trained in, and how a picture becomes one of them.

Pictures are grouped by shape, because a batch is one tensor. All shapes have about the area of the
square; sides are multiples of what VAE and UNet can halve.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ml.training.problems import UnfitForTraining

_SHAPES_PER_SIDE = 16  # 64 pixels at a side of 1024, as usual


@dataclass(frozen=True, order=True)
class Size:
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class Cut:
    """Scale the picture to `scaled`, then take `size` of it at (left, top)."""

    scaled: Size
    left: int
    top: int
    size: Size

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.left + self.size.width, self.top + self.size.height


def list_sizes(side: int, *, grain: int, max_aspect: float) -> tuple[Size, ...]:
    """The square first. `grain` is the number of pixels that all sides must be multiples of."""
    if side % grain:
        raise UnfitForTraining(
            f"A resolution of {side} pixels does not fit the base, which needs a multiple of "
            f"{grain}: take {max(grain, side // grain * grain)} or {(side // grain + 1) * grain}."
        )
    unit = grain * math.ceil(side / _SHAPES_PER_SIDE / grain)
    sizes = [Size(side, side)]
    for width in range(unit, math.floor(side * max_aspect) + unit, unit):
        height = side * side // width // unit * unit
        fits = height and max(width, height) <= max_aspect * min(width, height)
        if fits and width != height and Size(width, height) not in sizes:
            sizes.append(Size(width, height))
    return tuple(sizes)


def choose_size(sizes: Sequence[Size], width: int, height: int) -> Size:
    """The one whose shape is nearest; of two equally near, the earlier."""
    shape = math.log(width / height)
    return min(sizes, key=lambda size: abs(math.log(size.width / size.height) - shape))


def cut(width: int, height: int, size: Size, *, across: float = 0.5, down: float = 0.5) -> Cut:
    """`across` and `down` say where in what is left over: 0 at the left and top, .5 centred."""
    scale = max(size.width / width, size.height / height)
    scaled = Size(max(size.width, round(width * scale)), max(size.height, round(height * scale)))
    left = round((scaled.width - size.width) * across)
    top = round((scaled.height - size.height) * down)
    return Cut(scaled, left, top, size)
