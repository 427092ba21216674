"""Everyday things."""

import math

from sandbox.world.pen import CREAM, INK, LEAF, WOOD, Pen, box, curve, oval

_ROOF = (120, 70, 62)
_GLASS = (206, 234, 248)


def draw_house(pen: Pen) -> None:
    pen.shape(box(0.36, -0.9, 0.62, -0.2), _ROOF)
    pen.shape(box(-0.78, -0.15, 0.78, 0.92), pen.palette.main)
    pen.shape([(0, -1.0), (1.02, -0.1), (-1.02, -0.1)], _ROOF)
    pen.fill(box(-0.2, 0.3, 0.2, 0.9), INK)
    for x in (-0.52, 0.52):
        pen.fill(box(x - 0.15, 0.1, x + 0.15, 0.42), CREAM)


def draw_tree(pen: Pen) -> None:
    pen.shape([(-0.16, 0.1), (0.16, 0.1), (0.24, 1.0), (-0.24, 1.0)], WOOD)
    crown = [(-0.48, 0.02, 0.46), (0.48, 0.02, 0.46), (0, -0.45, 0.56), (0, 0.1, 0.5)]
    for x, y, r in crown:
        pen.dot(x, y, r + pen.line / pen.radius / 2, INK)
    for x, y, r in crown:
        pen.dot(x, y, r - pen.line / pen.radius / 2, pen.palette.main)


def draw_car(pen: Pen) -> None:
    cabin = [(-0.62, -0.08), (-0.38, -0.58), (0.28, -0.58), (0.6, -0.08)]
    pen.shape(cabin, pen.palette.main)
    pen.fill([(-0.42, -0.1), (-0.28, -0.42), (-0.08, -0.42), (-0.08, -0.1)], _GLASS)
    pen.fill([(0.06, -0.1), (0.06, -0.42), (0.2, -0.42), (0.4, -0.1)], _GLASS)
    body = [(-1, 0.42), (-1, 0.02), (-0.86, -0.1), (0.72, -0.1), (0.98, 0.06), (1.02, 0.42)]
    pen.shape(body, pen.palette.main)
    for x in (-0.55, 0.55):
        pen.dot(x, 0.42, 0.28, INK)
        pen.dot(x, 0.42, 0.11, (208, 208, 212))


def draw_cup(pen: Pen) -> None:
    pen.shape(oval(0.62, 0.05, 0.38, 0.38), pen.palette.main)
    pen.shape(oval(0.62, 0.05, 0.16, 0.17, num=20), pen.palette.background)
    side = curve((0.58, -0.55), (0.62, 0.75), (0.2, 0.85))
    pen.shape([*side, *((-x - 0.12, y) for x, y in reversed(side))], pen.palette.main)
    pen.shape(oval(-0.06, -0.55, 0.64, 0.2), CREAM)
    pen.fill(oval(-0.06, -0.5, 0.46, 0.1), WOOD)


def draw_fish(pen: Pen) -> None:
    pen.shape([(0.42, 0), (1.0, -0.56), (0.86, 0), (1.0, 0.56)], pen.palette.main)
    pen.shape([(-0.3, -0.4), (0.1, -0.82), (0.3, -0.3)], pen.palette.main)
    upper = curve((-1.0, 0.02), (-0.25, -1.1), (0.62, 0), 14)
    lower = curve((0.62, 0), (-0.25, 1.12), (-1.0, 0.02), 14)
    pen.shape([*upper, *lower[1:-1]], pen.palette.main)
    pen.stroke(curve((-0.42, -0.36), (-0.22, 0), (-0.42, 0.38)), INK, 0.08)
    pen.dot(-0.64, -0.12, 0.15, (255, 255, 255))
    pen.dot(-0.66, -0.12, 0.08, INK)


def draw_flower(pen: Pen) -> None:
    pen.stroke([(0, 0.1), (0, 0.98)], LEAF, 0.15)
    pen.fill(oval(0.3, 0.68, 0.3, 0.13, turn=-0.6, num=20), LEAF)
    for i in range(5):
        angle = 2 * math.pi * i / 5
        x, y = 0.38 * math.sin(angle), -0.3 - 0.38 * math.cos(angle)
        pen.shape(oval(x, y, 0.31, 0.31, num=20), pen.palette.main)
    pen.shape(oval(0, -0.3, 0.24, 0.24, num=20), CREAM)


def draw_umbrella(pen: Pen) -> None:
    pen.stroke([(0, -1.0), (0, 0.72)], INK, 0.1)
    pen.stroke(curve((0, 0.7), (0.02, 1.05), (0.3, 0.72)), INK, 0.1)
    dome = [(math.cos(math.pi * i / 20), -0.85 * math.sin(math.pi * i / 20)) for i in range(21)]
    edge = []
    for left in (-1.0, -1 / 3, 1 / 3):
        edge += curve((left, 0), (left + 1 / 3, -0.3), (left + 2 / 3, 0), 6)[:-1]
    pen.shape([*dome, *edge], pen.palette.main)
    for x in (-1 / 3, 1 / 3):
        pen.stroke(curve((x, -0.04), (x * 0.85, -0.5), (0, -0.85)), INK, 0.06)
