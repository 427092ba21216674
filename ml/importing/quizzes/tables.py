"""The tables of a quiz: which files they are, and their rows as they stand there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ml.datasets import confinement
from ml.datasets.problems import Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers import delimited, jsonl, parquet, text
from ml.datasets.source import SPLITS, walk

PICTURES = ("image", "picture", "file", "image_path", "file_name")
LARGEST_JSON_BYTES = 256 * 2**20  # read whole, unlike the other formats
MOST_LISTED = 20

_SUFFIXES = {
    ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".csv": "csv", ".tsv": "csv",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Table:
    path: Path
    format: str
    name: str  # as sentences call it
    folder: str = ""  # the name of the one that it lies in, of a source that is a folder

    @property
    def stem(self) -> str:
        """What its name says: the split, or a country. 'a-00000-of-00003.parquet' says a."""
        return self.path.name.partition(".")[0].partition("-0")[0]

    @property
    def key(self) -> str:
        """For rows that have none of their own: where it lies, which no other table does."""
        place = self.name if self.folder else self.path.name
        return place.rpartition(".")[0].replace("/", "-") or place

    @property
    def split(self) -> str:
        first = self.stem.partition("-")[0].partition("_")[0].lower()
        return first if first in SPLITS else ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row by the names of its columns, or why it cannot be read."""

    table: Table
    number: int
    row: Mapping[str, Any] | UnfitItem

    @property
    def reference(self) -> str:
        return f"{self.table.name}, row {self.number:,}"


def find(path: Path, name: str, wanted: str) -> list[Table]:
    """One, or all of a folder, sorted by name."""
    if path.is_file():
        form = _SUFFIXES.get(path.suffix.lower()) if wanted == "auto" else wanted
        if form is None:
            raise UnreadableSource(
                f"'{shown(name)}' is no table by its name; questions come as Parquet, JSONL, JSON "
                "or CSV, or as a folder or zip archive with such tables."
            )
        return [Table(path=path.resolve(), format=form, name=shown(name))]
    found = [
        Table(
            path=file,
            format=form,
            name=shown(file.relative_to(path).as_posix()),
            folder=file.parent.name,
        )
        for file in (Path(entry.path) for entry in walk(path))
        if (form := _SUFFIXES.get(file.suffix.lower()))
    ]
    for table in found:
        confinement.check_table(path, table.path)
    return found


def choose(found: Sequence[Table], name: str, wanted: str) -> list[Table]:
    """Those of one format."""
    chosen = [table for table in found if wanted in ("auto", table.format)]
    if not chosen:
        what = "tables in Parquet, JSONL, JSON or CSV" if wanted == "auto" else f"{wanted} tables"
        raise UnreadableSource(f"The folder '{shown(name)}' holds no {what}.")
    formats = sorted({table.format for table in chosen})
    if len(formats) > 1:
        listed = ", ".join(table.name for table in chosen[:MOST_LISTED])
        raise UnreadableSource(
            f"'{shown(name)}' holds tables in several formats ({', '.join(formats)}): {listed}. "
            "Say which format to read."
        )
    return chosen


def read(table: Table) -> Iterator[Line]:
    return _READERS[table.format](table)


def read_header(table: Table) -> list[str]:
    """The columns; of JSON, those of the first row that is one."""
    if table.format == "parquet":
        names: list[str] = parquet.open_table(
            table.path.parent, table.path, table.name
        ).schema_arrow.names
        return names
    if table.format == "csv":
        header = next(delimited.read_rows(table.path, table.name), (0, []))[1]
        return [column.strip() for column in header]
    rows = (line.row for line in read(table))
    return list(next((row for row in rows if isinstance(row, Mapping)), {}))


def _read_csv(table: Table) -> Iterator[Line]:
    rows = delimited.read_rows(table.path, table.name)
    header = [column.strip() for column in next(rows, (0, []))[1]]
    twice = next((column for column in header if header.count(column) > 1), None)
    if twice is not None:
        raise UnreadableSource(f"'{table.name}' has the column '{shown(twice)}' more than once.")
    for number, values in rows:
        row: Mapping[str, Any] | UnfitItem
        if len(values) == len(header):
            # An empty cell is no value: a table has no other way to say so.
            row = {name: value for name, value in zip(header, values, strict=True) if value}
        else:
            row = UnfitItem(
                Reason.UNREADABLE_ROW,
                f"The row has {len(values)} fields; the header has {len(header)}.",
            )
        yield Line(table=table, number=number, row=row)


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
        yield Line(table=table, number=number, row=row)


def _read_json(table: Table) -> Iterator[Line]:
    """A list of objects, or one list below a name of its own."""
    text.check_text(table.path, table.name, "JSON")
    size = table.path.stat().st_size
    if size > LARGEST_JSON_BYTES:
        raise UnreadableSource(
            f"'{table.name}' has {size / 1e6:,.0f} MB; JSON is read whole, up to "
            f"{LARGEST_JSON_BYTES / 1e6:,.0f} MB. Save it as JSONL."
        )
    try:
        found = json.loads(table.path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(
            f"'{table.name}' is not JSON: {shown(error).rstrip('.')}."
        ) from error
    if isinstance(found, dict):
        found = _choose_list(found, table.name)
    if not isinstance(found, list):
        raise UnreadableSource(f"'{table.name}' holds no list of questions.")
    for number, row in enumerate(found, start=1):
        unfit = UnfitItem(
            Reason.UNREADABLE_ROW, f"The entry holds {type(row).__name__}, not an object."
        )
        yield Line(table=table, number=number, row=row if isinstance(row, dict) else unfit)


def _choose_list(found: Mapping[str, Any], name: str) -> Any:
    lists = {key: value for key, value in found.items() if isinstance(value, list)}
    if len(lists) > 1:
        listed = ", ".join(shown(key) for key in islice(lists, MOST_LISTED))
        raise UnreadableSource(
            f"'{name}' holds several lists: {listed}. Save each as a table of its own."
        )
    return next(iter(lists.values()), None)


def _read_parquet(table: Table) -> Iterator[Line]:
    file = parquet.open_table(table.path.parent, table.path, table.name)
    # Pictures may come as bytes; other columns of bytes say nothing that could be asked.
    wanted = [
        field.name for field in file.schema_arrow
        if field.name.casefold() in PICTURES or not parquet.holds_bytes(field.type)
    ]  # fmt: skip
    for number, row in enumerate(parquet.read_rows(file, wanted, table.name), start=1):
        yield Line(table=table, number=number, row=row)


_READERS = {"csv": _read_csv, "jsonl": _read_jsonl, "json": _read_json, "parquet": _read_parquet}
