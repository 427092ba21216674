"""All shapes. A new one is a module here, a line below and a name in the spec's `Shape`."""

from collections.abc import Iterable, Mapping
from typing import cast

from ml.datasets.problems import UnreadableSource, shown
from ml.importing.quizzes.shapes import cvqa, own, sea_vqa, worldcuisines
from ml.importing.quizzes.shapes.found import Shape
from ml.importing.quizzes.tables import MOST_LISTED

# The most particular first: ours has the columns that all have.
SHAPES: Mapping[str, Shape] = {
    "cvqa": cast("Shape", cvqa),
    "sea-vqa": cast("Shape", sea_vqa),
    "worldcuisines": cast("Shape", worldcuisines),
    "own": cast("Shape", own),
}


def choose(header: Iterable[str], wanted: str, where: str) -> str:
    """Whose columns these are."""
    found = list(header)
    names = list(SHAPES) if wanted == "auto" else [wanted]
    for name in names:
        if all(set(alternatives) & set(found) for alternatives in SHAPES[name].columns):
            return name
    listed = ", ".join(shown(column) for column in found[:MOST_LISTED]) or "none"
    needed = "; ".join(f"{name}: {_say(SHAPES[name])}" for name in names)
    raise UnreadableSource(
        f"'{where}' has not the columns of a quiz; its columns are: {listed}. Needed are, for "
        f"{needed}."
    )


def _say(shape: Shape) -> str:
    return ", ".join(" or ".join(alternatives) for alternatives in shape.columns)
