"""Drawing in coordinates from -1 to 1, on a canvas four times as large as the picture.

Everything is a polygon, so that a thing can be turned and moved as a whole.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

INK: Colour = (46, 38, 42)
CREAM: Colour = (252, 244, 222)
WOOD: Colour = (122, 80, 50)
LEAF: Colour = (60, 126, 66)

_BRIGHT = 180  # of at most 255: cream does not stand out on it
_CIRCLES = {
    num: tuple(
        (math.cos(2 * math.pi * i / num), math.sin(2 * math.pi * i / num)) for i in range(num)
    )
    for num in (12, 20, 40)
}


@dataclass(frozen=True)
class Palette:
    main: Colour  # the thing's colour: what captions and questions mean
    background: Colour

    @property
    def dark(self) -> Colour:
        return mix(self.main, INK, 0.28)

    @property
    def light(self) -> Colour:
        return mix(self.main, (255, 255, 255), 0.4)

    @property
    def motif(self) -> Colour:
        """What stands out on a cloth of the main colour."""
        return INK if luminance(self.main) > _BRIGHT else CREAM


def mix(a: Colour, b: Colour, share: float) -> Colour:
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def luminance(colour: Colour) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


@dataclass
class Pen:
    canvas: ImageDraw.ImageDraw
    x: float  # the thing's middle and half its size, in canvas pixels
    y: float
    radius: float
    angle: float
    palette: Palette
    line: float  # width of an outline, in canvas pixels

    def __post_init__(self) -> None:
        self._cos = math.cos(self.angle) * self.radius
        self._sin = math.sin(self.angle) * self.radius

    def place(self, points: Sequence[Point]) -> list[Point]:
        cos, sin, x0, y0 = self._cos, self._sin, self.x, self.y
        return [(x0 + x * cos - y * sin, y0 + x * sin + y * cos) for x, y in points]

    def fill(self, points: Sequence[Point], colour: Colour) -> None:
        self.canvas.polygon(self.place(points), fill=colour)

    def shape(self, points: Sequence[Point], colour: Colour | None) -> None:
        """With an outline in ink, and filled where there is a colour."""
        placed = self.place(points)
        if colour is not None:
            self.canvas.polygon(placed, fill=colour)
        self.canvas.line([*placed, placed[0], placed[1]], INK, round(self.line), "curve")

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line of this width in units, with round ends."""
        placed = self.place(points)
        pixels = max(2, round(width * self.radius))
        self.canvas.line(placed, colour, pixels, "curve")
        for x, y in (placed[0], placed[-1]):
            self._dot(x, y, pixels / 2, colour)

    def _dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        ((px, py),) = self.place([(x, y)])
        self._dot(px, py, radius * self.radius, colour)


def oval(
    x: float, y: float, rx: float, ry: float, *, turn: float = 0.0, num: int = 40
) -> list[Point]:
    cos, sin = math.cos(turn), math.sin(turn)
    return [
        (x + rx * a * cos - ry * b * sin, y + rx * a * sin + ry * b * cos) for a, b in _CIRCLES[num]
    ]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def curve(start: Point, control: Point, end: Point, num: int = 10) -> list[Point]:
    """A quadratic Bezier curve as points, both ends included."""
    points = []
    for i in range(num + 1):
        t = i / num
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append(
            (
                a * start[0] + b * control[0] + c * end[0],
                a * start[1] + b * control[1] + c * end[1],
            )
        )
    return points


def mirror(points: Sequence[Point]) -> list[Point]:
    return [(-x, y) for x, y in reversed(points)]
