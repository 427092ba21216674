"""A shadow puppet and a kite."""

import math

from sandbox.world.pen import CREAM, INK, WOOD, Pen, Point, curve, mirror, oval


def draw_wayang(pen: Pen) -> None:
    """In profile: a long nose, hair that curls up, a thin neck, thin arms on rods, flared cloth."""
    main = pen.palette.main
    pen.stroke([(0.0, 0.5), (0.0, 1.05)], WOOD, 0.09)
    pen.stroke([(0.8, 0.5), (0.66, 1.05)], WOOD, 0.07)
    arms: tuple[list[Point], ...] = (
        [(0.34, -0.16), (0.6, 0.2), (0.86, 0.5)],
        [(-0.36, -0.16), (-0.72, 0.12), (-0.9, -0.3)],
    )
    for width, colour in ((0.19, INK), (0.1, main)):
        for arm in arms:
            pen.stroke(arm, colour, width)
    pen.shape(_cloth(), main)
    pen.shape([(-0.46, -0.28), (0.44, -0.28), (0.16, 0.16), (-0.16, 0.16)], main)
    pen.shape(_head(), main)
    pen.fill(oval(0.22, -0.62, 0.1, 0.045, turn=0.4, num=12), CREAM)
    pen.fill([(-0.2, -0.2), (0.2, -0.2), (0.0, 0.04)], CREAM)
    pen.fill([(-0.16, 0.28), (0.16, 0.28), (0.2, 0.4), (-0.2, 0.4)], CREAM)


def _cloth() -> list[Point]:
    return [
        (-0.16, 0.14), (0.16, 0.14), (0.44, 0.72), (0.52, 0.88), (0.14, 0.8), (0.0, 0.7),
        (-0.14, 0.84), (-0.5, 0.86), (-0.82, 0.62), (-0.36, 0.56),
    ]  # fmt: skip


def _head() -> list[Point]:
    return [
        (-0.06, -0.24), (-0.02, -0.5), *curve((-0.16, -0.46), (-0.7, -0.4), (-0.62, -0.8), 6),
        *curve((-0.58, -1.0), (-0.2, -1.12), (-0.18, -0.84), 6), (-0.36, -0.84),
        (-0.34, -0.7), *curve((-0.18, -0.66), (0.0, -0.98), (0.3, -0.76), 6),
        (0.7, -0.46), (0.4, -0.46), (0.36, -0.36), (0.14, -0.42), (0.1, -0.24),
    ]  # fmt: skip


def draw_wau(pen: Pen) -> None:
    """Pointed wings above, a crescent moon below, on one spine."""
    main = pen.palette.main
    pen.stroke([(0, -1.05), (0, 0.92)], INK, 0.1)
    angles = [math.pi * (-0.06 + 1.12 * i / 18) for i in range(19)]
    outer = [(0.72 * math.cos(a), 0.32 + 0.64 * math.sin(a)) for a in angles]
    inner = curve(outer[-1], (0, 1.02), outer[0], 12)
    pen.shape([*outer, *inner[1:-1]], main)
    right = [*curve((0, -0.78), (0.5, -0.86), (1.06, -0.34)),
             *curve((1.06, -0.34), (0.5, -0.2), (0, 0.18))[1:]]  # fmt: skip
    pen.shape([*right, *mirror(right)], main)
    for sign in (-1, 1):
        pen.stroke(
            [(sign * x, y) for x, y in curve((0.16, -0.58), (0.5, -0.62), (0.8, -0.38), 6)],
            CREAM,
            0.09,
        )
        pen.stroke([(sign * 0.16, -0.24), (sign * 0.5, -0.32)], CREAM, 0.09)
    pen.fill([(0, 0.68), (0.14, 0.8), (0, 0.92), (-0.14, 0.8)], CREAM)
