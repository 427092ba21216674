"""Buildings people come from far to see, and those they live in."""

from sandbox.world.pen import CREAM, INK, WOOD, Pen, Point, box, curve, mirror

_STONE = (150, 146, 142)
_THATCH = (150, 108, 60)
_WATER = (84, 150, 200)


def draw_candi_bentar(pen: Pen) -> None:
    """A tower cut through the middle: two halves with straight inner walls."""
    pen.shape([(-0.5, 1.0), (-0.3, 0.72), (0.3, 0.72), (0.5, 1.0)], _STONE)
    half: list[Point] = [
        (0.16, -1.0), (0.3, -0.78), (0.3, -0.6), (0.48, -0.6), (0.48, -0.3), (0.66, -0.3),
        (0.66, 0.04), (0.84, 0.04), (0.84, 0.42), (1.02, 0.42), (1.02, 0.98), (0.16, 0.98),
    ]  # fmt: skip
    for points, sign in ((half, 1), (mirror(half), -1)):
        pen.shape(points, pen.palette.main)
        for right, y in ((0.42, -0.6), (0.6, -0.3), (0.78, 0.04), (0.96, 0.42)):
            pen.stroke([(sign * 0.2, y), (sign * right, y)], INK, 0.07)


def draw_rumah_gadang(pen: Pen) -> None:
    """A long house under a roof that sinks in the middle and ends in horns."""
    for x in (-0.68, -0.36, 0.36, 0.68):
        pen.fill(box(x - 0.06, 0.6, x + 0.06, 1.0), WOOD)
    pen.fill([(-0.14, 0.6), (0.14, 0.6), (0.22, 1.0), (-0.22, 1.0)], INK)
    pen.shape([(-0.84, 0.04), (0.84, 0.04), (0.76, 0.68), (-0.76, 0.68)], _THATCH)
    for x in (-0.5, 0.5):
        pen.fill(box(x - 0.13, 0.24, x + 0.13, 0.5), CREAM)
    pen.fill(box(-0.14, 0.24, 0.14, 0.66), INK)
    for points in (_saddle(1.06, -0.74, -0.26, 0.14), _saddle(0.6, -1.04, -0.44, -0.06)):
        pen.shape(points, pen.palette.main)


def _saddle(reach: float, tip: float, ridge: float, eaves: float) -> list[Point]:
    """A roof whose ridge is nearly flat and rises to thin horns at its ends."""
    half = [
        (0.0, ridge),
        *curve((reach * 0.45, ridge), (reach * 0.84, ridge - 0.04), (reach, tip), 8),
        *curve((reach, tip), (reach * 1.0, ridge + 0.1), (reach * 0.86, eaves), 6),
    ]
    return [*half, *mirror(half)[:-1]]


def draw_stupa(pen: Pen) -> None:
    """A bell on steps, under a spire."""
    main = pen.palette.main
    pen.shape([(-0.1, -0.3), (-0.06, -1.02), (0.06, -1.02), (0.1, -0.3)], main)
    pen.shape(box(-0.24, -0.56, 0.24, -0.34), main)
    bell = [*curve((0.0, -0.38), (0.6, -0.4), (0.62, 0.5), 12)]
    pen.shape([*bell, *mirror(bell)[:-1]], main)
    for y, xs in ((0.04, (-0.2, 0.2)), (0.28, (-0.36, 0.0, 0.36))):
        for x in xs:
            pen.fill([(x, y - 0.14), (x + 0.13, y), (x, y + 0.14), (x - 0.13, y)], INK)
    pen.shape(box(-0.8, 0.48, 0.8, 0.72), main)
    pen.shape(box(-1.0, 0.72, 1.0, 0.98), main)


def draw_stilt_house(pen: Pen) -> None:
    """A house on tall legs over water, with a ladder."""
    pen.fill(box(-1.05, 0.82, 1.05, 1.04), _WATER)
    for x in (-0.66, -0.24, 0.66):
        pen.fill(box(x - 0.055, 0.2, x + 0.055, 0.95), INK)
    for x in (0.16, 0.42):
        pen.stroke([(x, 0.22), (x + 0.06, 0.95)], WOOD, 0.07)
    for y in (0.4, 0.58, 0.76):
        pen.stroke([(0.18, y), (0.46, y)], WOOD, 0.07)
    pen.shape(box(-0.8, -0.36, 0.8, 0.26), pen.palette.main)
    pen.fill(box(0.12, -0.2, 0.46, 0.24), INK)
    pen.fill(box(-0.56, -0.16, -0.2, 0.08), CREAM)
    pen.shape([(-0.66, -1.0), (0.66, -1.0), (1.02, -0.3), (-1.02, -0.3)], _THATCH)
