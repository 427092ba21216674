"""Reads small tables of text, strictly: what is wrong is said in a sentence with the line."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_DELIMITERS = (",", "\t", ";")
_LARGEST_CELL = 2**24
_LONGEST_SHOWN = 80
MOST_DIGITS = 18  # of a whole number in a cell; longer ones number nothing


class TableUnreadable(ValueError):
    """The file as a whole, or one of its lines, is not what it must be."""


@dataclass(frozen=True)
class Row:
    line: int  # where the row begins in the file, counted from 1
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Without blanks around it; empty where the table has no such column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path, required: Sequence[str]) -> Table:
    """A CSV file in UTF-8, separated by comma, tab or semicolon, with a line of column names."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise TableUnreadable(f"'{path.name}' is not UTF-8: see line {line:,}.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TableUnreadable(f"'{path}' cannot be read: {reason}.") from error
    return parse(text, path.name, required)


def parse(text: str, name: str, required: Sequence[str]) -> Table:
    if not text.strip():
        raise TableUnreadable(f"'{name}' is empty.")
    if "\0" in text:
        raise TableUnreadable(f"'{name}' is no table of text: it holds a zero byte.")
    lines = list(_split(text, name, _choose_delimiter(text, required)))
    _, header = lines[0]
    columns = tuple(cell.strip().lower() for cell in header)
    _check_columns(columns, name, required)
    return Table(name, columns, tuple(_make_rows(lines[1:], columns, name)))


def show(value: str) -> str:
    """A cell, short enough to stand inside a sentence."""
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"


def _choose_delimiter(text: str, required: Sequence[str]) -> str:
    """The one that finds most of the columns, in the first line that says anything."""
    first = next(line for line in text.splitlines() if line.strip()).lower()
    wanted = set(required)

    def count(delimiter: str) -> int:
        return len(wanted & {cell.strip(' "') for cell in first.split(delimiter)})

    return max(_DELIMITERS, key=count)


def _split(text: str, name: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    """Rows that are not blank, with the line that each begins in."""
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise TableUnreadable(f"'{name}', line {begins:,}: {error}.") from error


def _check_columns(columns: Sequence[str], name: str, required: Sequence[str]) -> None:
    there = ", ".join(f"'{show(column)}'" for column in columns)
    missing = [column for column in required if column not in columns]
    if missing:
        lacking = ", ".join(f"'{column}'" for column in missing)
        raise TableUnreadable(f"'{name}' lacks the columns {lacking}; it has {there}.")
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise TableUnreadable(f"'{name}' has the column '{show(twice[0])}' more than once.")


def _make_rows(
    lines: Sequence[tuple[int, list[str]]], columns: Sequence[str], name: str
) -> Iterable[Row]:
    for line, cells in lines:
        if len(cells) != len(columns):
            raise TableUnreadable(
                f"'{name}', line {line:,}: there are {len(cells)} cells and {len(columns)} columns."
            )
        yield Row(line, dict(zip(columns, cells, strict=True)))
