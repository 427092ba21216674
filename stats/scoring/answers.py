"""Answer files: who says what to which question about which picture.

Columns item_id, proposition_id, answer, and where they are: crop (which of an item's pictures),
seed (the same, where there is no crop), and any column to group by, such as variant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stats import tables
from stats.tables import MOST_DIGITS, Row, TableUnreadable, show

REQUIRED = ("item_id", "proposition_id", "answer")
_MEANING = {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False}

Key = tuple[str, int, str]
"""Item, proposition, crop."""


@dataclass(frozen=True)
class AnswerSet:
    """What was said about one group of pictures. None: neither yes nor no."""

    answers: Mapping[Key, bool | None]

    @property
    def crops(self) -> tuple[str, ...]:
        """In order of number where all are numbers, else as they come."""
        found = tuple(dict.fromkeys(crop for _, _, crop in self.answers))
        return tuple(sorted(found, key=int)) if all(map(_is_number, found)) else found


def read_answer(text: str) -> bool | None:
    return _MEANING.get(text.strip().lower())


def read(path: Path, by: str = "") -> dict[str, AnswerSet]:
    """By the values of the column `by`, in order; a single group '' without one."""
    return from_table(tables.read(path, REQUIRED), by)


def from_table(table: tables.Table, by: str = "") -> dict[str, AnswerSet]:
    if by and by not in table.columns:
        there = ", ".join(f"'{show(column)}'" for column in table.columns)
        raise TableUnreadable(f"'{table.name}' has no column '{show(by)}'; it has {there}.")
    groups: dict[str, dict[Key, bool | None]] = {}
    lines: dict[tuple[str, Key], int] = {}
    for row in table.rows:
        group, key = row.get(by) if by else "", _read_key(row, table)
        if (group, key) in lines:
            raise TableUnreadable(_describe_repeat(row, key, lines[group, key], table, by))
        lines[group, key] = row.line
        groups.setdefault(group, {})[key] = read_answer(row.get("answer"))
    if not groups:
        raise TableUnreadable(f"'{table.name}' holds no answers.")
    return {group: AnswerSet(answers) for group, answers in groups.items()}


def _read_key(row: Row, table: tables.Table) -> Key:
    item_id, number = row.get("item_id"), row.get("proposition_id").removesuffix(".0")
    if not item_id:
        raise TableUnreadable(f"'{table.name}', line {row.line:,}: there is no item_id.")
    if not _is_number(number):
        raise TableUnreadable(
            f"'{table.name}', line {row.line:,}: the proposition_id '{show(number)}' is no number."
        )
    return item_id, int(number), row.get("crop" if "crop" in table.columns else "seed")


def _describe_repeat(row: Row, key: Key, before: int, table: tables.Table, by: str) -> str:
    item_id, number, crop = key
    of_crop = f" (crop {show(crop)})" if crop else ""
    sentence = (
        f"'{table.name}', line {row.line:,}: proposition {number} of '{show(item_id)}'{of_crop} "
        f"was answered in line {before:,} already."
    )
    if not by and "variant" in table.columns:
        sentence += " To score each variant apart, group by 'variant'."
    return sentence


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def list_unknown(answers: AnswerSet, known: Iterable[tuple[str, int]]) -> list[Key]:
    """Answers to questions that were not asked."""
    asked = set(known)
    return [key for key in answers.answers if key[:2] not in asked]
