"""Ratings of several arms, as columns: item, rater, value, arm, prompt and what groups them.

An item is one output to be rated; a prompt joins the items of all arms. A row without a value (the
rater could not judge) is left out and counted.

Legend of shapes: n ratings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stats import tables
from stats.labels import Codes, Labelled, Mask, Numbers, encode, from_cells, join
from stats.tables import Columns, TableUnreadable, show

REQUIRED = ("item", "rater", "value", "arm", "prompt")
GROUPS = ("criterion", "stratum", "region", "country", "language")


class RatingsWrong(ValueError):
    """Ratings that cannot be compared, and why."""


@dataclass(frozen=True, kw_only=True)
class Ratings:
    item: Labelled
    rater: Labelled
    arm: Labelled
    prompt: Labelled
    value_n: Numbers
    groups: Mapping[str, Labelled]
    num_without_value: int = 0

    def __len__(self) -> int:
        return len(self.value_n)

    def select(self, chosen_n: Mask) -> "Ratings":
        return Ratings(
            item=self.item.select(chosen_n),
            rater=self.rater.select(chosen_n),
            arm=self.arm.select(chosen_n),
            prompt=self.prompt.select(chosen_n),
            value_n=self.value_n[chosen_n],
            groups={name: column.select(chosen_n) for name, column in self.groups.items()},
            num_without_value=self.num_without_value,
        )

    def split(self, group: str) -> dict[str, "Ratings"]:
        """By the labels of a group's column; a column that is not there is an error."""
        if group not in self.groups:
            there = ", ".join(f"'{name}'" for name in self.groups) or "no such column"
            raise RatingsWrong(f"The ratings have no column '{show(group)}'; they have {there}.")
        column = self.groups[group]
        return {label: self.select(column.where(label)) for label in column.list_present()}


def read(path: Path) -> Ratings:
    return from_table(tables.read_columns(path, REQUIRED, GROUPS))


def from_table(table: Columns) -> Ratings:
    if not len(table.lines):
        raise TableUnreadable(f"'{table.name}' holds no ratings.")
    for name in REQUIRED:
        if name != "value":
            _check_names(table, name)
    value_n = table.read_numbers("value")
    has_value_n = np.isfinite(value_n)

    def take(name: str) -> Labelled:
        column = table[name]
        return from_cells(column.cells, column.codes[has_value_n])

    ratings = Ratings(
        item=take("item"),
        rater=take("rater"),
        arm=take("arm"),
        prompt=take("prompt"),
        value_n=value_n[has_value_n],
        groups={name: take(name) for name in GROUPS if name in table},
        num_without_value=int((~has_value_n).sum()),
    )
    check(ratings)
    return ratings


def from_columns(columns: Mapping[str, Sequence[Any]]) -> Ratings:
    """From a table in memory; a value that is not a number is none."""
    value_n = np.asarray(columns["value"], dtype=np.float64)
    has_value_n = np.isfinite(value_n)

    def take(name: str) -> Labelled:
        return encode([str(cell) for cell in columns[name]]).select(has_value_n)

    ratings = Ratings(
        item=take("item"),
        rater=take("rater"),
        arm=take("arm"),
        prompt=take("prompt"),
        value_n=value_n[has_value_n],
        groups={name: take(name) for name in GROUPS if name in columns},
        num_without_value=int((~has_value_n).sum()),
    )
    check(ratings)
    return ratings


def check(ratings: Ratings) -> None:
    """An item is of one arm and one prompt, and a rater rates it once on a criterion."""
    for name, column in (("arm", ratings.arm), ("prompt", ratings.prompt)):
        _check_one_each(ratings.item, name, column)
    criterion = ratings.groups.get("criterion")
    keys: list[Codes] = [ratings.item.codes_n, ratings.rater.codes_n]
    joined = join(*keys, *([criterion.codes_n] if criterion else []))
    counts = np.bincount(joined)
    if (counts > 1).any():
        first = int(np.flatnonzero(counts[joined] > 1)[0])
        item = ratings.item.labels[ratings.item.codes_n[first]]
        rater = ratings.rater.labels[ratings.rater.codes_n[first]]
        raise RatingsWrong(
            f"Rater '{show(rater)}' rated item '{show(item)}' more than once on one criterion."
        )


def _check_one_each(item: Labelled, name: str, column: Labelled) -> None:
    pairs = np.unique(np.stack([item.codes_n, column.codes_n]), axis=1)
    twice = np.flatnonzero(np.bincount(pairs[0], minlength=len(item.labels)) > 1)
    if len(twice):
        first = item.labels[twice[0]]
        raise RatingsWrong(f"Item '{show(first)}' belongs to more than one {name}.")


def _check_names(table: Columns, name: str) -> None:
    is_blank = np.equal(table[name].cells, "")
    if is_blank.any():
        row = int(np.argmax(is_blank[table[name].codes]))
        raise TableUnreadable(f"{table.place(row)}: the {name} is empty.")
