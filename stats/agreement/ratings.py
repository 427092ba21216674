"""Who gave which item which level: ratings as whole numbers, checked once for everything after.

Legend of shapes: r ratings, i items, g raters, q levels.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats import tables
from stats.tables import Column, show

GROUPS = ("criterion", "arm", "prompt", "stratum", "region", "country", "language")
REQUIRED = ("item", "rater", "value")
_MOST_LEVELS = 21
_FEWEST_LEVELS = 2

Codes = NDArray[np.int32]


class RatingsWrong(ValueError):
    """No agreement can be measured on these ratings."""


def _count_places(row: int) -> str:
    return f"Rating {row + 1:,}"


@dataclass(frozen=True, kw_only=True)
class RatingRows:
    """Ratings as they were given, a row each in the order of rating; of one criterion or more.

    A value that is NaN is no rating: the rater could not judge, or the cell was blank.
    """

    item: Column
    rater: Column
    value_r: NDArray[np.float64]
    groups: Mapping[str, Column] = field(default_factory=dict)  # criterion, arm, ...
    place: Callable[[int], str] = _count_places  # where a row stands, for sentences


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """At most one rating for each item and rater, of one criterion."""

    items_r: Codes
    raters_r: Codes
    levels_r: Codes  # 0 for the lowest
    items: NDArray[np.object_]  # (i,) names, in the order of their first rating
    raters: NDArray[np.object_]  # (g,) likewise
    levels_q: NDArray[np.float64]  # ascending

    @property
    def values_r(self) -> NDArray[np.float64]:
        return self.levels_q[self.levels_r]


def from_table(columns: tables.Columns) -> RatingRows:
    """The columns that `tables.read_columns(path, REQUIRED, GROUPS)` found."""
    for name in ("item", "rater"):
        found = columns[name]
        blank = np.flatnonzero(found.cells == "")
        if blank.size:
            row = int(np.argmax(found.codes == blank[0]))
            raise RatingsWrong(f"{columns.place(row)}: the {name} has no name.")
    return RatingRows(
        item=columns["item"],
        rater=columns["rater"],
        value_r=columns.read_numbers("value"),
        groups={name: columns[name] for name in GROUPS if name in columns},
        place=columns.place,
    )


def from_arrays(
    items: Iterable[Hashable],
    raters: Iterable[Hashable],
    values: ArrayLike,
    groups: Mapping[str, Iterable[Hashable]] | None = None,
) -> RatingRows:
    return RatingRows(
        item=tables.encode(items),
        rater=tables.encode(raters),
        value_r=np.asarray(values, dtype=np.float64),
        groups={name: tables.encode(cells) for name, cells in (groups or {}).items()},
    )


def check_levels(levels: Sequence[float]) -> NDArray[np.float64]:
    if not _FEWEST_LEVELS <= len(levels) <= _MOST_LEVELS:
        raise RatingsWrong(
            f"A scale has {_FEWEST_LEVELS} to {_MOST_LEVELS} levels; this has {len(levels):,}."
        )
    levels_q = np.asarray(levels, dtype=np.float64)
    if not np.isfinite(levels_q).all() or (np.diff(levels_q) <= 0).any():
        raise RatingsWrong("The levels of a scale are numbers that rise from one to the next.")
    return levels_q


def select(rows: RatingRows, kept: NDArray[np.int64], levels_q: NDArray[np.float64]) -> Ratings:
    """The ratings in these rows: those without a value are left out, what is wrong is said."""
    kept = kept[~np.isnan(rows.value_r[kept])]
    levels_r = np.searchsorted(levels_q, rows.value_r[kept])
    levels_r[levels_r == levels_q.size] = 0
    strange = levels_q[levels_r] != rows.value_r[kept]
    if strange.any():
        row = int(kept[np.argmax(strange)])
        scale = ", ".join(f"{level:g}" for level in levels_q)
        raise RatingsWrong(
            f"{rows.place(row)}: the value {rows.value_r[row]:g} is no level of the scale {scale}."
        )
    items_r, items = _renumber(rows.item.codes[kept], rows.item.cells)
    raters_r, raters = _renumber(rows.rater.codes[kept], rows.rater.cells)
    _check_repeats(rows, kept, items_r.astype(np.int64) * len(raters) + raters_r)
    return Ratings(
        items_r=items_r,
        raters_r=raters_r,
        levels_r=levels_r.astype(np.int32),
        items=items,
        raters=raters,
        levels_q=levels_q,
    )


def _renumber(codes: Codes, cells: NDArray[np.object_]) -> tuple[Codes, NDArray[np.object_]]:
    """In the order of the first row of each, so that a part is numbered like a file of its own."""
    first = np.full(len(cells), len(codes))
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    used = np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]
    numbers = np.zeros(len(cells), dtype=np.int32)
    numbers[used] = np.arange(len(used), dtype=np.int32)
    return numbers[codes], cells[used]


def _check_repeats(rows: RatingRows, kept: NDArray[np.int64], keys_r: NDArray[np.int64]) -> None:
    ordered = np.sort(keys_r)
    if (ordered[1:] != ordered[:-1]).all():
        return
    order = np.argsort(keys_r, kind="stable")
    again = order[1:][keys_r[order[1:]] == keys_r[order[:-1]]]
    row = int(kept[again.min()])
    item = show(str(rows.item.cells[rows.item.codes[row]]))
    rater = show(str(rows.rater.cells[rows.rater.codes[row]]))
    raise RatingsWrong(
        f"{rows.place(row)}: rater '{rater}' has rated item '{item}' before. Each rater rates "
        "an item once for each criterion."
    )
