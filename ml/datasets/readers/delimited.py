"""CSV and TSV: a header, then one item per row. Comma, semicolon and tab are told apart."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml.datasets import confinement
from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, Reason, UnfitItem, UnreadableSource
from ml.datasets.readers import text
from ml.datasets.readers.columns import Columns, find_columns
from ml.datasets.readers.rows import to_item
from ml.datasets.source import Source

SUFFIXES = (".csv", ".tsv")
LONGEST_FIELD = 2**20


def read(source: Source) -> Iterator[RawItem | Problem]:
    return read_table(source, source.path)


def count(source: Source) -> int | None:
    """Unknown without reading the file twice."""
    del source
    return None


def read_table(source: Source, path: Path, **place: str) -> Iterator[RawItem | Problem]:
    confinement.check_table(source.root, path)
    where = source.describe(path)
    rows = read_rows(path, where)
    header = next(rows, (0, []))[1]
    columns = find_columns(
        header, image=source.image_column, caption=source.caption_column, where=where
    )
    for number, values in rows:
        try:
            yield _to_item(header, values, columns, number, where=where, **place)
        except UnfitItem as unfit:
            yield unfit.about(f"{where}, row {number}")


def _to_item(
    header: list[str], values: list[str], columns: Columns, number: int, **place: str
) -> RawItem:
    if len(values) != len(header):
        raise UnfitItem(
            Reason.UNREADABLE_ROW,
            f"The row has {len(values)} fields; the header has {len(header)}.",
        )
    row: dict[str, Any] = dict(zip(header, values, strict=True))
    return to_item(row, columns, number=number, **place)


def read_rows(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """Row number (the header is row 1) and fields; blank lines are passed over."""
    text.check_text(path, where, "a table")
    # The module's limit is global; the child process that imports does nothing else.
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(text.read_lines(path, where), delimiter=find_delimiter(path, where))
    try:
        yield from enumerate((row for row in rows if row), start=1)
    except csv.Error as error:
        raise UnreadableSource(
            f"'{where}' cannot be read as a table near line {rows.line_num:,}: {error}."
        ) from error


def find_delimiter(path: Path, where: str) -> str:
    """The one that splits the header into the most fields. Guessing from the body as well, as
    csv.Sniffer does, is led astray by captions, which are full of commas.
    """
    header = next(text.read_lines(path, where), "")
    return max(",;\t", key=lambda mark: _count_fields(header, mark))


def _count_fields(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return 0  # a field is too long: it was not this mark
