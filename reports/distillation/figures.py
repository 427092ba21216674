"""Every number of a study of distillation as long tables, and what their columns are."""

from collections.abc import Mapping, Sequence

from reports.files.tables import Cell as Value
from reports.files.tables import Columns
from stats.distillation.measures import MEASURES, SPEAKING
from stats.distillation.rows import TEACHER
from stats.distillation.study import Study

FIGURES = {
    "teacher": "The model that taught.",
    "method": "What the students learnt by; 'teacher' for the teacher itself.",
    "task": "What was asked.",
    "measure": "In which number it is told.",
    "language": "Of the texts. Empty: of all languages together, or of none.",
    "value": "The mean over seeds; of a teacher its one value.",
    "lowest": "The smallest seed's.",
    "highest": "The largest seed's.",
    "spread": "The largest seed's minus the smallest's. Empty: there is one seed, or none.",
    "share": "The mean as a share of the teacher's. Empty: the teacher has nothing above 0.",
    "num_items": "Queries, questions, captions or sentences that it stands on.",
    "definition": "How it was computed.",
}
SEEDS = {
    "teacher": "The model that taught.",
    "method": "What the student learnt by; 'teacher' for the teacher itself.",
    "seed": "Of the student. Empty: it is the teacher.",
    "task": "What was asked.",
    "measure": "In which number it is told.",
    "language": "Of the texts. Empty: of all languages together, or of none.",
    "value": "The number.",
    "num_items": "Queries, questions, captions or sentences that it stands on.",
}


def list_figures(study: Study) -> Columns:
    """A row for every cell: means over seeds."""
    rows: list[Mapping[str, Value]] = [
        {
            "teacher": cell.teacher,
            "method": cell.method,
            "task": cell.task,
            "measure": cell.measure,
            "language": cell.language,
            "value": cell.mean,
            "lowest": min(cell.values),
            "highest": max(cell.values),
            "spread": cell.spread,
            "share": None if cell.method == TEACHER else cell.share,
            "num_items": cell.num_items,
            "definition": MEASURES[cell.task, cell.measure].definition,
        }
        for cell in study.cells
    ]
    return _turn(rows, FIGURES)


def list_seeds(study: Study) -> Columns:
    """A row for every number of every student: what all others are computed from."""
    return _turn([row.to_json() for row in study.rows], SEEDS)


def _turn(rows: Sequence[Mapping[str, Value]], columns: Mapping[str, str]) -> Columns:
    return {name: [row[name] for row in rows] for name in columns}


def list_codebook() -> Columns:
    rows = [
        *(("figures", name, what) for name, what in FIGURES.items()),
        *(("seeds", name, what) for name, what in SEEDS.items()),
        *(
            (
                "measure",
                f"{task}, {name}",
                f"{each.definition}{' Counts in averages.' if SPEAKING.get(task) == name else ''}",
            )
            for (task, name), each in MEASURES.items()
        ),
    ]
    return {
        name: [row[place] for row in rows] for place, name in enumerate(("table", "name", "what"))
    }
