"""One measure of one method in one language: its mean over seeds, their spread, and the share of
the teacher's that it is.

The spread is the largest seed's value minus the smallest's: for two or three seeds, of which a
standard deviation says little, it is what was seen. Of one seed there is none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stats.distillation.measures import MEASURES
from stats.distillation.rows import TEACHER, Row, StudyUnfit


@dataclass(frozen=True, kw_only=True)
class Cell:
    teacher: str
    method: str  # TEACHER for the teacher itself
    task: str
    measure: str
    language: str  # ALL for all of them together
    values: tuple[float, ...]  # in the order of the study's seeds; one of a teacher
    mean: float
    spread: float | None
    share: float | None  # of the teacher's; none where that is not above 0
    num_items: int

    @property
    def place(self) -> tuple[str, str, str]:
        return self.task, self.measure, self.language

    @property
    def one_item(self) -> float:
        """What a single query, question or sentence more is worth; 0 where none are counted."""
        measure = MEASURES[self.task, self.measure]
        return measure.whole / self.num_items if measure.is_counted and self.num_items else 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"values": list(self.values)}


def summarise(rows: Sequence[Row], seeds: Sequence[int]) -> list[Cell]:
    """In the order of the rows. Raises StudyUnfit where a seed lacks what another has."""
    found: dict[tuple[str, str, str, str, str], dict[int | None, Row]] = defaultdict(dict)
    for row in rows:
        of_cell = found[(row.teacher, row.method, *row.place)]
        if row.seed in of_cell:
            raise StudyUnfit(
                f"{_name(row)} is there twice"
                f"{'' if row.seed is None else f', for the seed {row.seed}'}."
            )
        of_cell[row.seed] = row
    return [_summarise(of_cell, seeds, found) for of_cell in found.values()]


def _summarise(
    of_cell: Mapping[int | None, Row],
    seeds: Sequence[int],
    found: Mapping[tuple[str, str, str, str, str], Mapping[int | None, Row]],
) -> Cell:
    first = next(iter(of_cell.values()))
    wanted: Sequence[int | None] = [None] if first.method == TEACHER else list(seeds)
    if set(of_cell) != set(wanted):
        told = ", ".join(str(seed) for seed in of_cell)
        raise StudyUnfit(
            f"{_name(first)} is there for the seeds {told}; the study's seeds are "
            f"{', '.join(map(str, seeds))}."
        )
    values = tuple(of_cell[seed].value for seed in wanted)
    mean = float(np.mean(values))
    teachers = found.get((first.teacher, TEACHER, *first.place), {}).get(None)
    return Cell(
        teacher=first.teacher,
        method=first.method,
        task=first.task,
        measure=first.measure,
        language=first.language,
        values=values,
        mean=mean,
        spread=float(np.ptp(values)) if len(values) > 1 else None,
        share=None if teachers is None or teachers.value <= 0 else mean / teachers.value,
        num_items=first.num_items,
    )


def _name(row: Row) -> str:
    where = f" in '{row.language}'" if row.language else ""
    return f"The {row.task} {row.measure}{where} of '{row.method}' under '{row.teacher}'"
