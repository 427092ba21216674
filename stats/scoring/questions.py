"""Question files in DSG's columns: yes/no questions about a picture, which depend on each other.

One row per question, an item's rows together. A question's `dependency` names its parents, the
questions that must be true for it to make sense; 0 is none. Published files have cells that say
more than numbers, and parents that come later or are the question itself: they are read as far as
they go, and counted.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from stats import tables
from stats.tables import MOST_DIGITS, Row, TableUnreadable, show

REQUIRED = ("item_id", "proposition_id", "dependency")
TEXT = "question_natural_language"
WITHOUT_CATEGORY = "uncategorised"


@dataclass(frozen=True)
class Question:
    proposition_id: int
    parents: tuple[int, ...]
    """As the file says, so they may come later, be the question itself, or not be there."""
    category: str
    detail: str = ""
    text: str = ""
    is_malformed: bool = False
    """Whether the dependency cell held something else than numbers."""


@dataclass(frozen=True)
class QuestionSet:
    items: Mapping[str, tuple[Question, ...]]
    """In the order of the file, as the questions of each item are."""
    first_row: tuple[str, int] | None = None
    """Item and proposition that stand first in the file; None: those that stand first here."""
    notes: tuple[str, ...] = ()
    """What was tolerated, a sentence for each malformed cell."""

    @property
    def num_questions(self) -> int:
        return sum(map(len, self.items.values()))

    @property
    def num_malformed(self) -> int:
        """Dependency cells that hold something else than numbers."""
        return sum(question.is_malformed for of_item in self.items.values() for question in of_item)

    @property
    def num_out_of_order(self) -> int:
        """References to a question that comes later, or to the question itself."""
        return sum(flaw == "out of order" for flaw in _find_flaws(self.items.values()))

    @property
    def num_missing_parents(self) -> int:
        """References to a question that the item does not have."""
        return sum(flaw == "missing" for flaw in _find_flaws(self.items.values()))

    def select(self, item_ids: Container[str]) -> "QuestionSet":
        """Only these items."""
        items = {name: of_item for name, of_item in self.items.items() if name in item_ids}
        return replace(self, items=items, first_row=self.find_first_row())

    def find_first_row(self) -> tuple[str, int]:
        name, of_item = next(iter(self.items.items()))
        return self.first_row or (name, of_item[0].proposition_id)


def read(path: Path) -> QuestionSet:
    """One file, or a folder of files whose items differ."""
    if not path.is_dir():
        return from_table(tables.read(path, REQUIRED))
    files = sorted(path.glob("*.csv"))
    if not files:
        raise TableUnreadable(f"The folder '{path.name}' holds no question file (*.csv).")
    return _join([(file.name, read(file)) for file in files])


def from_table(table: tables.Table) -> QuestionSet:
    items: dict[str, tuple[Question, ...]] = {}
    notes: list[str] = []
    for item_id, rows in groupby(table.rows, key=lambda row: row.get("item_id")):
        of_item = list(rows)
        where = f"'{table.name}', line {of_item[0].line:,}"
        if not item_id:
            raise TableUnreadable(f"{where}: there is no item_id.")
        if item_id in items:
            raise TableUnreadable(
                f"{where}: the item '{show(item_id)}' goes on here, after others; an item's rows "
                "stand together."
            )
        items[item_id] = tuple(_read_question(row, table.name, notes) for row in of_item)
        _check_unique(of_item, items[item_id], table.name)
    if not items:
        raise TableUnreadable(f"'{table.name}' holds no questions.")
    return QuestionSet(items, notes=tuple(notes))


def _read_question(row: Row, name: str, notes: list[str]) -> Question:
    number = _read_number(row.get("proposition_id"))
    if number is None or number < 1:
        raise TableUnreadable(
            f"'{name}', line {row.line:,}: the proposition_id "
            f"'{show(row.get('proposition_id'))}' is no number from 1."
        )
    parents, is_whole = _read_parents(row.get("dependency"))
    if not is_whole:
        notes.append(
            f"'{name}', line {row.line:,}: of the dependency '{show(row.get('dependency'))}' only "
            f"numbers count: {', '.join(map(str, parents)) or 'none'}."
        )
    # 'entity - whole (a cube)': the kind of proposition stands before the bracket.
    broad, _, detail = row.get("tuple").partition("(")[0].partition("-")
    return Question(
        number,
        parents,
        row.get("category_broad") or broad.strip() or WITHOUT_CATEGORY,
        row.get("category_detailed") or detail.strip(),
        row.get(TEXT),
        not is_whole,
    )


def _read_parents(cell: str) -> tuple[tuple[int, ...], bool]:
    numbers = [_read_number(part) for part in cell.split(",")]
    good = [number for number in numbers if number is not None]
    return tuple(number for number in good if number), len(good) == len(numbers)


def _read_number(text: str) -> int | None:
    """A program that saw an empty cell in a column writes its numbers as '1.0'."""
    whole = text.strip().removesuffix(".0")
    is_number = whole.isascii() and whole.isdigit() and len(whole) <= MOST_DIGITS
    return int(whole) if is_number else None


def _check_unique(rows: Sequence[Row], questions: Sequence[Question], name: str) -> None:
    seen: set[int] = set()
    for row, question in zip(rows, questions, strict=True):
        if question.proposition_id in seen:
            raise TableUnreadable(
                f"'{name}', line {row.line:,}: the item '{show(row.get('item_id'))}' has the "
                f"proposition_id {question.proposition_id} twice."
            )
        seen.add(question.proposition_id)


def _find_flaws(items: Iterable[Sequence[Question]]) -> Iterable[str]:
    for questions in items:
        place = {question.proposition_id: at for at, question in enumerate(questions)}
        for at, question in enumerate(questions):
            for parent in question.parents:
                if parent not in place:
                    yield "missing"
                elif place[parent] >= at:
                    yield "out of order"


def _join(sets: Sequence[tuple[str, QuestionSet]]) -> QuestionSet:
    items: dict[str, tuple[Question, ...]] = {}
    for name, each in sets:
        twice = [item_id for item_id in each.items if item_id in items]
        if twice:
            raise TableUnreadable(f"'{name}': the item '{show(twice[0])}' is in another file too.")
        items |= each.items
    return QuestionSet(items, notes=tuple(note for _, each in sets for note in each.notes))
