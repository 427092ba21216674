"""The table of an import: which file it is, and its rows as they stand there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.datasets import confinement, detection
from ml.datasets.problems import Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers import columns, delimited, jsonl, parquet, registry, text

FORMATS = ("csv", "jsonl", "parquet")
# What a header must have. Of the last two, one.
REQUIRED = (("arm", "variant"), ("prompt_key",), ("prompt",), ("file", "text"))
_PREFERRED = "outputs"  # of several tables in one folder, the one of this name


@dataclass(frozen=True, kw_only=True)
class Table:
    path: Path
    format: str
    name: str  # as sentences call it

    @property
    def root(self) -> Path:
        """No picture is read from outside this folder."""
        return self.path.parent


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row by the names of its columns, or why it cannot be read."""

    reference: str
    row: Mapping[str, Any] | UnfitItem


def find(path: Path, name: str, wanted: str) -> Table:
    if path.is_dir():
        found = _find_in_folder(path, name, wanted)
        confinement.check_table(path, found)
        return Table(
            path=found.resolve(), format=str(registry.find_format(found)), name=shown(found.name)
        )
    form, found = detection.detect(path, name, wanted)
    if form not in FORMATS:
        raise UnreadableSource(
            f"'{shown(name)}' is read as {form}; outputs come as a table in CSV, JSONL or Parquet, "
            "or as a folder or zip archive with one."
        )
    return Table(path=found.resolve(), format=form, name=shown(name))


def _find_in_folder(folder: Path, name: str, wanted: str) -> Path:
    tables = [
        each for each in detection.list_top_tables(folder)
        if wanted in ("auto", registry.find_format(each))
    ]  # fmt: skip
    preferred = [each for each in tables if each.stem.lower() == _PREFERRED]
    for chosen in (tables, preferred):
        if len(chosen) == 1:
            return chosen[0]
    listed = ", ".join(shown(each.name) for each in tables[: columns.MOST_LISTED]) or "none"
    raise UnreadableSource(
        f"In the folder '{shown(name)}' one table in CSV, JSONL or Parquet is expected, or one of "
        f"several called '{_PREFERRED}'; found: {listed}."
    )


def read(table: Table) -> Iterator[Line]:
    return _READERS[table.format](table)


def _read_csv(table: Table) -> Iterator[Line]:
    rows = delimited.read_rows(table.path, table.name)
    header = [column.strip() for column in next(rows, (0, []))[1]]
    _check_header(header, table.name)
    for number, values in rows:
        reference = f"row {number:,}"
        if len(values) == len(header):
            # An empty cell is no value: a table has no other way to say so.
            row = {name: value for name, value in zip(header, values, strict=True) if value}
            yield Line(reference=reference, row=row)
        else:
            said = f"The row has {len(values)} fields; the header has {len(header)}."
            yield Line(reference=reference, row=UnfitItem(Reason.UNREADABLE_ROW, said))


def _read_jsonl(table: Table) -> Iterator[Line]:
    text.check_text(table.path, table.name, "JSONL")
    for number, line in enumerate(text.read_lines(table.path, table.name), start=1):
        if not line.strip():
            continue
        row: Mapping[str, Any] | UnfitItem
        try:
            row = jsonl.parse_line(line, number, table.name)
        except UnfitItem as unfit:
            row = unfit
        yield Line(reference=f"line {number:,}", row=row)


def _read_parquet(table: Table) -> Iterator[Line]:
    file = parquet.open_table(table.root, table.path, table.name)
    schema = file.schema_arrow
    _check_header(schema.names, table.name)
    # Pictures may come as bytes; other columns of bytes say nothing that could be shown.
    wanted = [
        field.name for field in schema
        if field.name.strip().casefold() in ("file", "question_file")
        or not parquet.holds_bytes(field.type)
    ]  # fmt: skip
    for number, row in enumerate(parquet.read_rows(file, wanted, table.name), start=1):
        yield Line(reference=f"row {number:,}", row=row)


_READERS = {"csv": _read_csv, "jsonl": _read_jsonl, "parquet": _read_parquet}


def _check_header(header: Sequence[str], name: str) -> None:
    folded = [column.strip().casefold() for column in header]
    twice = next((column for column in folded if folded.count(column) > 1), None)
    if twice is not None:
        raise UnreadableSource(f"'{name}' has the column '{shown(twice)}' more than once.")
    for names in REQUIRED:
        if not set(names) & set(folded):
            listed = ", ".join(shown(column) for column in header[: columns.MOST_LISTED]) or "none"
            wanted = " or ".join(f"'{each}'" for each in names)
            raise UnreadableSource(f"'{name}' has no column {wanted}; its columns are: {listed}.")
