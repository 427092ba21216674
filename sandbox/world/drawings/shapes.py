"""Plain shapes."""

import math

from sandbox.world.pen import Pen, box, oval


def draw_circle(pen: Pen) -> None:
    pen.shape(oval(0, 0, 0.95, 0.95), pen.palette.main)


def draw_square(pen: Pen) -> None:
    pen.shape(box(-0.85, -0.85, 0.85, 0.85), pen.palette.main)


def draw_triangle(pen: Pen) -> None:
    pen.shape([(0, -0.95), (1, 0.8), (-1, 0.8)], pen.palette.main)


def draw_star(pen: Pen) -> None:
    points = []
    for i in range(10):
        angle, reach = math.pi * i / 5, 0.44 if i % 2 else 1.05
        points.append((reach * math.sin(angle), 0.07 - reach * math.cos(angle)))
    pen.shape(points, pen.palette.main)


def draw_heart(pen: Pen) -> None:
    points = []
    for i in range(40):
        t = 2 * math.pi * i / 40
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x / 16.5, -y / 16.5 - 0.12))
    pen.shape(points, pen.palette.main)


def draw_ring(pen: Pen) -> None:
    pen.shape(oval(0, 0, 0.98, 0.98), pen.palette.main)
    pen.shape(oval(0, 0, 0.48, 0.48), pen.palette.background)
