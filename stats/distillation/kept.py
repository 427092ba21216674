"""Whether a method keeps the teacher's retrieval in every language: its smallest share of the
teacher's MRR@10, over both directions and all languages, by the mean over seeds.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stats.distillation.cells import Cell
from stats.distillation.measures import SPEAKING
from stats.distillation.rows import ALL, TEACHER
from stats.retrieval.score import DIRECTIONS

AT_LEAST = 0.95


@dataclass(frozen=True, kw_only=True)
class Kept:
    teacher: str
    method: str
    share: float  # the smallest
    task: str  # in which it is the smallest, as in this language
    language: str

    @property
    def is_kept(self) -> bool:
        return self.share >= AT_LEAST

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"is_kept": self.is_kept}


def find(cells: Sequence[Cell]) -> list[Kept]:
    """Of every method of every teacher, in the order of the cells."""
    found: dict[tuple[str, str], list[tuple[float, str, str]]] = defaultdict(list)
    for cell in cells:
        counts = cell.task in DIRECTIONS and SPEAKING[cell.task] == cell.measure
        if counts and cell.language != ALL and cell.method != TEACHER and cell.share is not None:
            found[cell.teacher, cell.method].append((cell.share, cell.task, cell.language))
    kept = []
    for (teacher, method), shares in found.items():
        share, task, language = min(shares)
        kept.append(Kept(teacher=teacher, method=method, share=share, task=task, language=language))
    return kept
