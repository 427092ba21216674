"""What is eaten."""

from sandbox.world.pen import CREAM, INK, LEAF, Pen, curve, oval

_EGG = (255, 214, 90)
_CHILLI = (200, 52, 40)
_LEAF_LIGHT = (128, 182, 84)


def draw_tumpeng(pen: Pen) -> None:
    """A cone of rice on a leaf, with side dishes around its foot."""
    pen.shape(oval(0, 0.68, 1.02, 0.32), LEAF)
    pen.shape([(0.0, -0.9), (0.62, 0.62), (0.3, 0.74), (-0.3, 0.74), (-0.62, 0.62)],
              pen.palette.main)  # fmt: skip
    pen.shape([(0.0, -1.04), (0.2, -0.5), (0.0, -0.58), (-0.2, -0.5)], LEAF)
    for x, y, colour in ((-0.7, 0.68, _EGG), (-0.32, 0.82, _CHILLI), (0.1, 0.84, _EGG),
                         (0.46, 0.8, _CHILLI), (0.78, 0.66, _EGG)):  # fmt: skip
        pen.dot(x, y, 0.14, colour)


def draw_ketupat(pen: Pen) -> None:
    """A diamond woven of leaf strips, with a string above and long loose ends below."""
    main, size, middle = pen.palette.main, 0.76, -0.16
    for sign in (-1, 1):
        end = [(sign * x, y) for x, y in curve((0.02, 0.5), (0.34, 0.66), (0.4, 1.0), 6)]
        pen.stroke(end, INK, 0.24)
        pen.stroke(end, main, 0.13)
    pen.stroke([(0, middle - size), (0, -1.06)], INK, 0.09)
    corners = [(0, -size), (size, 0), (0, size), (-size, 0)]
    pen.shape([(x, y + middle) for x, y in corners], main)
    step = size / 4
    for i in range(4):
        for j in range(4):
            x, y = (i - j) * step, (i + j + 1) * step - size + middle
            _weave(pen, x, y, 0.9 * step, is_over=(i + j) % 2 == 0)
    pen.shape([(x, y + middle) for x, y in corners], None)


def _weave(pen: Pen, x: float, y: float, tile: float, *, is_over: bool) -> None:
    """One crossing: the light strip lies over the other, or under it."""
    if is_over:
        pen.fill([(x, y - tile), (x + tile, y), (x, y + tile), (x - tile, y)], CREAM)
    half = tile / 2
    across = [(x - half, y - half), (x + half, y + half)]
    if not is_over:
        across = [(x + half, y - half), (x - half, y + half)]
    pen.stroke(across, pen.palette.dark, 0.05)


def draw_klepon(pen: Pen) -> None:
    """Three balls rolled in coconut, on a leaf."""
    pen.shape(oval(0, 0.5, 1.02, 0.44), LEAF)
    pen.fill(oval(0, 0.44, 0.84, 0.3), _LEAF_LIGHT)
    for x, y in ((0.0, -0.36), (-0.44, 0.24), (0.44, 0.24)):
        pen.shape(oval(x, y, 0.44, 0.44), pen.palette.main)
        for a, b in ((-0.2, -0.16), (0.1, -0.24), (0.22, 0.02), (-0.06, 0.04), (-0.22, 0.18),
                     (0.1, 0.24)):  # fmt: skip
            pen.dot(x + a, y + b, 0.075, CREAM)
