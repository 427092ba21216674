"""A picture as a value, and how it is drawn."""

import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw

from sandbox.world import drawings
from sandbox.world.concepts import BY_KEY, CONCEPTS, Concept
from sandbox.world.pen import Colour, Palette, Pen

SIDE = 64
_SCALE = 4  # drawn this much larger and averaged: the edges are smooth

COLOURS: Mapping[str, Colour] = {
    "red": (214, 40, 44),
    "yellow": (246, 200, 32),
    "green": (44, 148, 66),
    "blue": (36, 92, 204),
    "purple": (126, 56, 170),
    "pink": (244, 106, 170),
}
BACKGROUNDS: Mapping[str, Colour] = {
    "white": (252, 252, 250),
    "grey": (184, 188, 194),
    "beige": (236, 214, 172),
    "cyan": (170, 230, 236),
}
Size = Literal["small", "large"]
Place = Literal["left", "centre", "right"]
Arrangement = tuple[Size, Place, int]
SIZES: tuple[Size, ...] = ("small", "large")
PLACES: tuple[Place, ...] = ("left", "centre", "right")
COUNTS = (1, 2, 3)

_RADIUS: Mapping[Size, float] = {"small": 13.0, "large": 26.5}
_PLACE_X: Mapping[Place, float] = {"left": 16.0, "centre": 32.0, "right": 48.0}
_TOGETHER: Mapping[int, tuple[tuple[float, float], ...]] = {
    2: ((16.0, 32.0), (48.0, 32.0)),
    3: ((32.0, 17.0), (16.0, 47.0), (48.0, 47.0)),
}


class ImpossibleScene(ValueError):
    """Attributes that do not go together."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    concept: str
    colour: str
    size: Size = "large"
    place: Place = "centre"
    count: int = 1
    background: str = "white"

    def __post_init__(self) -> None:
        if self.concept not in BY_KEY:
            raise ImpossibleScene(f"The world has no concept '{self.concept}'.")
        if self.colour not in COLOURS or self.background not in BACKGROUNDS:
            raise ImpossibleScene(
                f"The world has no colour '{self.colour}' on the background '{self.background}'."
            )
        if (self.size, self.place, self.count) not in list_arrangements(BY_KEY[self.concept]):
            raise ImpossibleScene(
                f"{self.count} of '{self.concept}', {self.size}, {self.place}: things are drawn "
                "large, alone and in the middle, or small, and then either several or somewhere."
            )

    @property
    def thing(self) -> Concept:
        return BY_KEY[self.concept]


def list_arrangements(concept: Concept) -> tuple[Arrangement, ...]:
    """Which sizes, places and counts go together for this thing."""
    found: list[Arrangement] = [("large", "centre", 1)]
    if concept.is_small_too:
        found += [("small", place, 1) for place in PLACES]
        found += [("small", "centre", count) for count in COUNTS[1:]]
    return tuple(found)


def list_scenes(concepts: Sequence[Concept] = CONCEPTS) -> list[Scene]:
    """Every picture that can be drawn of these, up to the chance in a drawing."""
    return [
        Scene(
            concept=concept.key,
            colour=colour,
            size=size,
            place=place,
            count=count,
            background=background,
        )
        for concept in concepts
        for size, place, count in list_arrangements(concept)
        for colour in COLOURS
        for background in BACKGROUNDS
    ]


def sample(
    rng: random.Random, concepts: Sequence[Concept] = CONCEPTS, *, large: float = 0.4
) -> Scene:
    """One of these things, evenly; `large` is how often it is drawn large."""
    concept = rng.choice(concepts)
    first, *others = list_arrangements(concept)
    is_large = rng.random() < large or not others
    size, place, count = first if is_large else rng.choice(others)
    return Scene(
        concept=concept.key,
        colour=rng.choice(tuple(COLOURS)),
        size=size,
        place=place,
        count=count,
        background=rng.choice(tuple(BACKGROUNDS)),
    )


def draw(scene: Scene, seed: int) -> Image.Image:
    """The picture; the seed moves, turns and shades it a little, never beyond recognition."""
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    background = _shade(BACKGROUNDS[scene.background], rng, 12)
    palette = Palette(main=_shade(COLOURS[scene.colour], rng, 14), background=background)
    canvas = Image.new("RGB", (SIDE * _SCALE, SIDE * _SCALE), background)
    pencil = ImageDraw.Draw(canvas)
    away_x, away_y = _choose_play(scene)
    for x, y in locate(scene):
        pen = Pen(
            canvas=pencil,
            x=(x + rng.uniform(-away_x, away_x)) * _SCALE,
            y=(y + rng.uniform(-away_y, away_y)) * _SCALE,
            radius=_RADIUS[scene.size] * rng.uniform(0.88, 1.03) * _SCALE,
            angle=rng.uniform(-0.09, 0.09),
            palette=palette,
            line=(5.0 if scene.size == "large" else 4.0) * rng.uniform(0.9, 1.15),
        )
        drawings.DRAWINGS[scene.concept](pen)
    return canvas.reduce(_SCALE)


def encode(picture: Image.Image) -> bytes:
    """As a WebP without loss: every pixel is read as it was drawn."""
    data = io.BytesIO()
    picture.save(data, "WEBP", lossless=True, quality=100, method=6)
    return data.getvalue()


def locate(scene: Scene) -> tuple[tuple[float, float], ...]:
    """The middles of the things, in pixels, before the seed moves them."""
    if scene.count > 1:
        return _TOGETHER[scene.count]
    return ((_PLACE_X[scene.place], SIDE / 2),)


def _choose_play(scene: Scene) -> tuple[float, float]:
    """How far a thing may stand from its middle, in pixels: it stays whole and meets no other."""
    if scene.size == "large":
        return 3.5, 3.5
    if scene.count == len(_TOGETHER[3]):
        return 1.7, 1.7
    return 2.5, 8.0


def _shade(colour: Colour, rng: random.Random, amount: int) -> Colour:
    by = rng.randint(-amount, amount)
    red, green, blue = (min(255, max(0, channel + by)) for channel in colour)
    return red, green, blue
