"""Where in a study a number stands: a task as a whole, and one language of it."""

from collections.abc import Sequence

import numpy as np

from stats.distillation.cells import Cell
from stats.distillation.measures import (
    CKA,
    CONSISTENCY,
    PICTURES_ALIKE,
    PURITY,
    SPEAKING,
    TEXTS_ALIKE,
    ZEROSHOT,
)
from stats.distillation.rows import ALL, TEACHER
from stats.distillation.study import Study
from stats.retrieval.score import DIRECTIONS

# The measure that is shown of each task.
SHOWN = {**SPEAKING, PICTURES_ALIKE: CKA, TEXTS_ALIKE: CKA}
OF_MATRIX = (*DIRECTIONS, ZEROSHOT, CONSISTENCY, PURITY)
OF_VECTORS = (CONSISTENCY, PURITY, PICTURES_ALIKE, TEXTS_ALIKE)


def list_methods(study: Study) -> list[str]:
    """The teacher first, then in the study's order."""
    return [TEACHER, *(each.label for each in study.methods)]


def find_whole(study: Study, teacher: str, method: str, task: str) -> Cell | None:
    """Of all languages together, as the study measured it; where it did not, the mean over them."""
    measure = SHOWN[task]
    whole = study.find(teacher, method, (task, measure, ALL))
    return whole or _average(
        [
            cell
            for language in study.languages
            if (cell := study.find(teacher, method, (task, measure, language)))
        ]
    )


def find_retrieval(study: Study, teacher: str, method: str, language: str) -> Cell | None:
    """Of one language, the mean over both directions."""
    return _average(
        [
            cell
            for task in DIRECTIONS
            if (cell := study.find(teacher, method, (task, SHOWN[task], language)))
        ]
    )


def list_tasks(study: Study, teacher: str, tasks: Sequence[str]) -> list[str]:
    """Those of which there is a number."""
    return [
        task
        for task in tasks
        if any(find_whole(study, teacher, method, task) for method in list_methods(study))
    ]


def _average(cells: Sequence[Cell]) -> Cell | None:
    """Seed by seed, so that the spread is that of the mean."""
    if not cells:
        return None
    values = tuple(np.mean([cell.values for cell in cells], axis=0).tolist())
    shares = [cell.share for cell in cells]
    known = [share for share in shares if share is not None]
    return Cell(
        teacher=cells[0].teacher,
        method=cells[0].method,
        task=cells[0].task,
        measure=cells[0].measure,
        language=cells[0].language,
        values=values,
        mean=float(np.mean(values)),
        spread=max(values) - min(values) if len(values) > 1 else None,
        share=float(np.mean(known)) if len(known) == len(shares) else None,
        num_items=sum(cell.num_items for cell in cells),
    )
