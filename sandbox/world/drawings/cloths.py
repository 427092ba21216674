"""Cloths: a square of the main colour, filled with a motif."""

import math

from sandbox.world.pen import Pen, Point, box, curve, oval

_EDGE = 0.97


def _lay_out(pen: Pen) -> None:
    pen.shape(box(-_EDGE, -_EDGE, _EDGE, _EDGE), pen.palette.main)


def draw_kawung(pen: Pen) -> None:
    """Four fruits around a middle, again and again."""
    _lay_out(pen)
    for x in (-_EDGE / 2, _EDGE / 2):
        for y in (-_EDGE / 2, _EDGE / 2):
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                turn = math.atan2(b, a)
                petal = oval(x + 0.235 * a, y + 0.235 * b, 0.245, 0.145, turn=turn, num=12)
                pen.fill(petal, pen.palette.motif)


def draw_parang(pen: Pen) -> None:
    """Slanting rows of blades that run into one another like waves."""
    _lay_out(pen)
    for row in range(-1, 2):
        wave = [_turn(point) for point in _wave(row * 0.92 + 0.05)]
        clipped = clip(wave, 0.9)
        if len(clipped) > 2:  # noqa: PLR2004 - what is no polygon is not drawn
            pen.fill(clipped, pen.palette.motif)


def _wave(middle: float) -> list[Point]:
    """A band along x whose upper edge is a row of curling hooks."""
    upper: list[Point] = []
    for i in range(-3, 3):
        x = i * 0.7 + 0.1
        rise = curve((x, middle + 0.12), (x + 0.03, middle - 0.4), (x + 0.52, middle - 0.4), 5)
        back = curve((x + 0.52, middle - 0.4), (x + 0.21, middle - 0.03), (x + 0.7, middle + 0.12))
        upper += [*rise, *back[1:-1]]
    return [*upper, (2.2, middle + 0.26), (-2.0, middle + 0.26)]


def _turn(point: Point) -> Point:
    x, y = point
    half = math.sqrt(0.5)
    return (x * half + y * half, -x * half + y * half)


def clip(points: list[Point], edge: float) -> list[Point]:
    """What of a polygon lies in the square from -edge to edge (Sutherland and Hodgman)."""
    for axis, sign in ((0, 1), (0, -1), (1, 1), (1, -1)):
        kept: list[Point] = []
        for i, here in enumerate(points):
            before = points[i - 1]
            inside, was_inside = sign * here[axis] <= edge, sign * before[axis] <= edge
            if inside != was_inside:
                share = (sign * edge - before[axis]) / (here[axis] - before[axis])
                kept.append(
                    (
                        before[0] + share * (here[0] - before[0]),
                        before[1] + share * (here[1] - before[1]),
                    )
                )
            if inside:
                kept.append(here)
        points = kept
    return points


def draw_ikat(pen: Pen) -> None:
    """A stepped diamond between arrowheads."""
    _lay_out(pen)
    motif = pen.palette.motif
    for x in (-0.64, 0.64):
        for y in (-0.68, 0.68):
            tip = math.copysign(0.2, y)
            pen.fill([(x - 0.24, y + tip), (x, y - tip), (x + 0.24, y + tip)], motif)
    pen.fill(_stepped(0, 0.7), motif)
    pen.fill(_stepped(0, 0.44), pen.palette.main)
    pen.fill(_stepped(0, 0.2), motif)


def _stepped(x: float, size: float) -> list[Point]:
    quarter: list[Point] = []
    steps = 4
    for i in range(steps):
        quarter += [(i / steps, (steps - i) / steps), ((i + 1) / steps, (steps - i) / steps)]
    around = [
        *quarter,
        *((a, -b) for a, b in reversed(quarter)),
        *((-a, -b) for a, b in quarter),
        *((-a, b) for a, b in reversed(quarter)),
    ]
    return [(x + a * size, b * size * 1.1) for a, b in around]
