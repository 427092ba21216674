"""One number for a method: what a leaderboard would show, and what hides the rest.

Of each cell that counts (a task's speaking measure in one language) the share of the teacher's; the
unweighted mean over the languages of a task, then over the tasks. Shares, because a correlation and
per cents of finding have no unit in common. A cell in which the teacher has nothing above 0 has no
share, and counts for no method. Where a task knows no languages, all of it is one cell.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stats.distillation.cells import Cell
from stats.distillation.measures import SPEAKING
from stats.distillation.rows import ALL


@dataclass(frozen=True, kw_only=True)
class Average:
    teacher: str
    method: str
    values: tuple[float, ...]  # by seed; 1 is the teacher
    mean: float
    spread: float | None
    num_cells: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"values": list(self.values)}


def average(cells: Sequence[Cell]) -> list[Average]:
    """Of every method of every teacher, the teachers too, in the order of the cells."""
    found: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in choose(cells):
        found[cell.teacher, cell.method].append(cell)
    return [_average(of_method) for of_method in found.values()]


def choose(cells: Sequence[Cell]) -> list[Cell]:
    """Those that count."""
    with_languages = {
        (cell.teacher, cell.task) for cell in cells if cell.language != ALL and _speaks(cell)
    }
    return [
        cell
        for cell in cells
        if _speaks(cell)
        and cell.share is not None
        and (cell.language != ALL or (cell.teacher, cell.task) not in with_languages)
    ]


def _speaks(cell: Cell) -> bool:
    return SPEAKING.get(cell.task) == cell.measure


def _average(cells: Sequence[Cell]) -> Average:
    by_task: Mapping[str, list[list[float]]] = defaultdict(list)
    for cell in cells:
        assert cell.share is not None, "Others were not chosen."
        unit = cell.share / cell.mean if cell.mean else 0.0
        by_task[cell.task].append([value * unit for value in cell.values])
    values = np.mean([np.mean(of_task, axis=0) for of_task in by_task.values()], axis=0)
    return Average(
        teacher=cells[0].teacher,
        method=cells[0].method,
        values=tuple(float(value) for value in values),
        mean=float(values.mean()),
        spread=float(np.ptp(values)) if len(values) > 1 else None,
        num_cells=len(cells),
    )
