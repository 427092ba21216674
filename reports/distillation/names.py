"""How the things of a study of distillation are called, and how its numbers are written."""

from collections.abc import Mapping

from reports.speech import Speech
from stats.distillation.cells import Cell
from stats.distillation.measures import (
    CONSISTENCY,
    PICTURES_ALIKE,
    PURITY,
    SIZE,
    SPEED,
    TEXTS_ALIKE,
    ZEROSHOT,
)
from stats.distillation.rows import ALL, TEACHER
from stats.retrieval.score import IMAGE_TO_TEXT, TEXT_TO_IMAGE

_OF_ONE = frozenset({CONSISTENCY, PICTURES_ALIKE, TEXTS_ALIKE})  # from 0 to 1, not per cent


def say_task(task: str, _: Speech) -> str:
    said: Mapping[str, str] = {
        IMAGE_TO_TEXT: _("Finding texts"),
        TEXT_TO_IMAGE: _("Finding pictures"),
        ZEROSHOT: _("Questions"),
        CONSISTENCY: _("Consistency"),
        PURITY: _("Purity"),
        PICTURES_ALIKE: _("CKA, pictures"),
        TEXTS_ALIKE: _("CKA, texts"),
        SIZE: _("Size"),
        SPEED: _("Speed"),
    }
    return said.get(task, task)


def explain_task(task: str, _: Speech) -> str:
    """What a number of this task says, for those who meet it first."""
    said: Mapping[str, str] = {
        IMAGE_TO_TEXT: _(
            "MRR@10 in per cent: how near the top the right text of a picture stands among all "
            "texts of one language."
        ),
        TEXT_TO_IMAGE: _(
            "MRR@10 in per cent: how near the top the right picture of a text stands among all "
            "pictures of one language."
        ),
        ZEROSHOT: _(
            "Right answers in per cent, to questions with options about pictures that no training "
            "saw: out of domain."
        ),
        CONSISTENCY: _(
            "Whether translations of one caption put the same pictures first: rank correlation, "
            "1 at most."
        ),
        PURITY: _(
            "Per cent of sentences that lie in a cluster in which their own caption is the most "
            "frequent."
        ),
        PICTURES_ALIKE: _(
            "How alike the student's and the teacher's vectors lie to each other: centred kernel "
            "alignment, 1 at most."
        ),
        TEXTS_ALIKE: _("The same of texts."),
    }
    return said.get(task, "")


def say_method(method: str, _: Speech) -> str:
    return _("Teacher") if method == TEACHER else method


def say_language(language: str, _: Speech) -> str:
    return _("all languages") if language == ALL else _.language(language)


def say_place(task: str, language: str, _: Speech) -> str:
    """A task in one language, or as a whole."""
    return _("%(task)s, %(language)s", task=say_task(task, _), language=say_language(language, _))


def say_value(task: str, value: float, _: Speech) -> str:
    return _.number(value, 3 if task in _OF_ONE else 1)


def say_cell(cell: Cell | None, _: Speech) -> str:
    """The mean over seeds, the share of the teacher's, and the smallest and largest seed."""
    if cell is None:
        return ""
    parts = [say_value(cell.task, cell.mean, _)]
    if cell.method != TEACHER and cell.share is not None:
        parts.append(f"({_.percent(cell.share)})")
    if len(cell.values) > 1:
        low, high = (say_value(cell.task, each, _) for each in _ends(cell))
        parts.append(f"{low}\N{EN DASH}{high}")
    return " ".join(parts)


def _ends(cell: Cell) -> tuple[float, float]:
    return min(cell.values), max(cell.values)
