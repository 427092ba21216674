"""Reads small tables of text, strictly: what is wrong is said in a sentence with the line."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DELIMITERS = (",", "\t", ";")
_LARGEST_CELL = 2**24
_LONGEST_SHOWN = 80
_LONGEST_HEADER = 2**20
_ROWS_AT_ONCE = 2**9  # as lists of cells: few enough to stay in a processor's cache
_LINE_BREAK = re.compile(r"\r\n?|\n")
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


@dataclass(frozen=True)
class Column:
    """Each different cell once, and for every row which one it has: shapes (d,) and (r,)."""

    codes: NDArray[np.int32]
    cells: NDArray[np.object_]  # in the order of their first row

    def spell(self) -> NDArray[np.object_]:
        return self.cells[self.codes]


@dataclass(frozen=True)
class Columns(Mapping[str, Column]):
    """A table column by column, for files with a million rows."""

    name: str
    lines: NDArray[np.int64]  # where each row begins in the file, counted from 1
    by_name: Mapping[str, Column]

    def __getitem__(self, column: str) -> Column:
        return self.by_name[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def place(self, row: int) -> str:
        return f"'{self.name}', line {self.lines[row]:,}"

    def read_numbers(self, column: str) -> NDArray[np.float64]:
        """A number for each row, NaN where the cell is blank."""
        found = self[column]
        numbers = np.array([_read_number(cell) for cell in found.cells], dtype=np.float64)
        wrong = ~np.isfinite(numbers) & (found.cells != "")
        if wrong.any():
            row = int(np.argmax(wrong[found.codes]))
            cell = show(found.cells[found.codes[row]])
            raise TableUnreadable(f"{self.place(row)}: the {column} '{cell}' is no number.")
        return numbers[found.codes]


def encode(cells: Iterable[Hashable]) -> Column:
    """Numbers what is equal alike, in the order in which it first comes."""
    numbering: dict[Any, int] = defaultdict(count().__next__)
    codes = np.fromiter(map(numbering.__getitem__, cells), dtype=np.int32)
    return Column(codes, _to_objects(numbering))


def read_columns(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> Columns:
    """The same kind of file as `read` takes, as columns: of the optional ones those it has."""
    text, name = read_text(path), path.name
    _check_text(text, name)
    delimiter = _choose_delimiter(text, required)
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(cells for cells in reader if _says_something(cells))
        columns = tuple(cell.strip().lower() for cell in header)
        _check_columns(columns, name, required)
        places = {each: columns.index(each) for each in (*required, *optional) if each in columns}
        return _collect(_read_blocks(reader, columns, name), places, name)
    except csv.Error:
        for _ in _split(text, name, delimiter):
            pass  # it says where the row begins that is wrong
        raise


def _collect(
    blocks: Iterable[tuple[NDArray[np.int64], list[list[str]]]],
    places: Mapping[str, int],
    name: str,
) -> Columns:
    numberings: dict[str, dict[str, int]] = {each: defaultdict(count().__next__) for each in places}
    codes = {each: [np.empty(0, np.int32)] for each in places}
    lines = [np.empty(0, np.int64)]
    for lines_of_block, rows in blocks:
        lines.append(lines_of_block)
        by_column = list(zip(*rows, strict=True))
        for each, place in places.items():
            numbers = map(numberings[each].__getitem__, by_column[place])
            codes[each].append(np.fromiter(numbers, dtype=np.int32, count=len(rows)))
    joined = {each: _join(codes[each], numberings[each]) for each in places}
    return Columns(name, np.concatenate(lines), joined)


def _read_blocks(
    reader: Any, columns: Sequence[str], name: str
) -> Iterator[tuple[NDArray[np.int64], list[list[str]]]]:
    """Rows that are not blank with the lines they begin in, many at a time.

    Rows are seldom blank and cells seldom hold line breaks; only then is every row looked at.
    """
    while True:
        begins = reader.line_num + 1
        rows = list(islice(reader, _ROWS_AT_ONCE))
        if not rows:
            return
        lines = np.arange(begins, begins + len(rows))
        if reader.line_num - begins + 1 != len(rows):
            heights = [1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in rows]
            lines = begins + np.cumsum([0, *heights[:-1]])
        if not all(rows) or not all(map(str.strip, map(itemgetter(0), rows))):
            kept = [number for number, row in enumerate(rows) if _says_something(row)]
            lines, rows = lines[kept], [rows[number] for number in kept]
        if set(map(len, rows)) - {len(columns)}:
            for line, row in zip(lines.tolist(), rows, strict=True):
                _check_length(row, columns, name, line)
        if rows:
            yield lines, rows


def _says_something(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _join(blocks: Sequence[NDArray[np.int32]], numbering: Mapping[str, int]) -> Column:
    """Takes blanks off the different cells, which may make some of them equal."""
    bare = encode(cell.strip() for cell in numbering)
    return Column(bare.codes[np.concatenate([np.empty(0, np.int32), *blocks])], bare.cells)


def _to_objects(values: Iterable[object]) -> NDArray[np.object_]:
    listed = list(values)
    objects = np.empty(len(listed), dtype=np.object_)
    objects[:] = listed
    return objects


def _read_number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def read(path: Path, required: Sequence[str]) -> Table:
    """A CSV file in UTF-8, separated by comma, tab or semicolon, with a line of column names."""
    return parse(read_text(path), path.name, required)


def read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise TableUnreadable(f"'{path.name}' is not UTF-8: see line {line:,}.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TableUnreadable(f"'{path}' cannot be read: {reason}.") from error


def _check_text(text: str, name: str) -> None:
    if not text.strip():
        raise TableUnreadable(f"'{name}' is empty.")
    if "\0" in text:
        raise TableUnreadable(f"'{name}' is no table of text: it holds a zero byte.")


def parse(text: str, name: str, required: Sequence[str]) -> Table:
    _check_text(text, name)
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
    first = text.lstrip("\r\n \t")[:_LONGEST_HEADER].splitlines()[0].lower()
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
            if _says_something(cells):
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
        _check_length(cells, columns, name, line)
        yield Row(line, dict(zip(columns, cells, strict=True)))


def _check_length(cells: Sequence[str], columns: Sequence[str], name: str, line: int) -> None:
    if len(cells) != len(columns):
        raise TableUnreadable(
            f"'{name}', line {line:,}: there are {len(cells)} cells and {len(columns)} columns."
        )
