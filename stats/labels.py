"""Labels of a table's column as whole numbers, so that arrays can be counted and grouped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Labelled:
    labels: tuple[str, ...]
    codes_n: Codes  # of each row, an index into the labels

    def select(self, chosen_n: Mask) -> "Labelled":
        return Labelled(labels=self.labels, codes_n=self.codes_n[chosen_n])

    def list_present(self) -> list[str]:
        """In the order of the labels."""
        return [self.labels[code] for code in np.unique(self.codes_n)]

    def where(self, label: str) -> Mask:
        if label not in self.labels:
            return np.zeros(self.codes_n.shape, dtype=np.bool_)
        return np.equal(self.codes_n, self.labels.index(label))


def encode(values: Sequence[str] | NDArray[Any]) -> Labelled:
    """Labels in sorted order, so that the order of rows changes nothing."""
    labels, codes = np.unique(np.asarray(values, dtype=np.str_), return_inverse=True)
    return Labelled(labels=tuple(map(str, labels)), codes_n=codes.reshape(-1).astype(np.intp))


def from_cells(cells_d: NDArray[np.object_], codes_n: NDArray[np.integer]) -> Labelled:
    """From different cells in any order and, of each row, which one it has."""
    order = np.argsort(cells_d.astype(np.str_), kind="stable")
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return Labelled(labels=tuple(map(str, cells_d[order])), codes_n=place[codes_n])


def compact(codes_n: Codes) -> tuple[Codes, int]:
    """The same groups numbered without gaps, and how many there are."""
    present, compacted = np.unique(codes_n, return_inverse=True)
    return compacted.reshape(-1).astype(np.intp), len(present)


def join(*codes: Codes) -> Codes:
    """One code for each combination that occurs."""
    joined, _ = compact(codes[0])
    for each in codes[1:]:
        other, num = compact(each)
        joined, _ = compact(joined * num + other)
    return joined


def connect(*labels: Sequence[str]) -> Codes:
    """One code for all rows that share a label of the same kind, also by way of other rows. An
    empty label joins nothing.
    """
    before = list(range(len(labels[0])))

    def find_first(row: int) -> int:
        while before[row] != row:
            before[row] = before[before[row]]
            row = before[row]
        return row

    for of_kind in labels:
        seen: dict[str, int] = {}
        for row, label in enumerate(of_kind):
            if label:
                one, other = sorted((find_first(row), find_first(seen.setdefault(label, row))))
                before[other] = one
    return np.array([find_first(row) for row in range(len(before))], dtype=np.intp)
