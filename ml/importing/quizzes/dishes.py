"""WorldCuisines' knowledge base, which is published beside the questions: where each dish is at
home, and its pictures, of which the questions of version 1 know the addresses only.

As Parquet it has `food_id`, `countries`, and pictures in `image1` and so on, each beside its
`image1_url`; as CSV the names are `Countries` and `Image1 name / URL`.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from ml.datasets.problems import UnfitItem, UnreadableSource
from ml.datasets.readers import parquet
from ml.importing.quizzes import cells, tables
from ml.importing.quizzes.tables import Line, Table
from ml.progress import Progress

KEY, COUNTRIES, ADDRESS = "food_id", "countries", "image_url"

_PICTURE_ADDRESS = re.compile(r"(image\d)(?:_url| name / url)")
_OF_QUESTIONS = {"qa_id", "question"}


@dataclass(frozen=True, kw_only=True)
class Dishes:
    countries: Mapping[str, Sequence[str]]  # by key, and by the addresses of pictures
    pictures: Mapping[str, Path]  # by their addresses


def is_table(table: Table) -> bool:
    """By its columns. A table that cannot be read is none: it may lie there by chance."""
    try:
        header = {name.casefold() for name in tables.read_header(table)}
    except UnreadableSource:
        return False
    has_key = KEY in header or any(map(_PICTURE_ADDRESS.fullmatch, header))
    return has_key and COUNTRIES in header and not _OF_QUESTIONS & header


def read(
    beside: Sequence[Table], asked: Iterable[Table], folder: Path, progress: Progress
) -> Dishes:
    """The pictures that are asked about go into `folder`: all of them are more than memory holds,
    and rows of Parquet are found by going through those before them.
    """
    columns = {table: _find_pictures(table) for table in beside if table.format == "parquet"}
    wanted = _list_addresses(asked, progress) if any(columns.values()) else frozenset()
    folder.mkdir(parents=True, exist_ok=True)
    saved = (
        _save_pictures(table, pairs, wanted, folder, progress)
        for table, pairs in columns.items()
        if pairs
    )
    return Dishes(
        countries=_read_countries(beside, progress), pictures=dict(chain.from_iterable(saved))
    )


def _read_countries(beside: Iterable[Table], progress: Progress) -> dict[str, tuple[str, ...]]:
    """A picture of several dishes is at home where each of them is."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _read_rows(beside, progress):
        dish = {name.casefold(): value for name, value in row.items()}
        addresses = filter(_PICTURE_ADDRESS.fullmatch, dish)
        try:
            countries = cells.read_list(dish, COUNTRIES)
            keys = {cells.read_text(dish, column) for column in (KEY, *addresses)}
        except UnfitItem:
            continue  # a dish without countries has none: its questions say so
        for key in keys - {""}:
            found[key] = tuple(dict.fromkeys([*found.get(key, ()), *countries]))
    return found


def _list_addresses(asked: Iterable[Table], progress: Progress) -> Collection[str]:
    rows = _read_rows(asked, progress)
    return {address for row in rows if isinstance(address := row.get(ADDRESS), str)}


def _read_rows(found: Iterable[Table], progress: Progress) -> Iterator[Mapping[str, Any]]:
    lines: Iterator[Line] = chain.from_iterable(map(tables.read, found))
    for line in lines:
        progress.check()
        if not isinstance(line.row, UnfitItem):
            yield line.row


def _find_pictures(table: Table) -> list[tuple[str, str]]:
    """Columns of bytes, each with the one that has their addresses."""
    schema = parquet.open_table(table.path.parent, table.path, table.name).schema_arrow
    of_bytes = {
        field.name.casefold(): field.name for field in schema if parquet.holds_bytes(field.type)
    }
    named = ((_PICTURE_ADDRESS.fullmatch(name.casefold()), name) for name in schema.names)
    return [(of_bytes[said[1]], name) for said, name in named if said and said[1] in of_bytes]


def _save_pictures(
    table: Table,
    columns: Sequence[tuple[str, str]],
    wanted: Collection[str],
    folder: Path,
    progress: Progress,
) -> Iterator[tuple[str, Path]]:
    """One column after the other: memory holds what Parquet keeps of each that is read at once."""
    file = parquet.open_table(table.path.parent, table.path, table.name)
    for picture, column in columns:
        for row in parquet.read_rows(file, [picture, column], table.name):
            progress.check()
            address, data = row[column], row[picture]
            data = data.get("bytes") if isinstance(data, Mapping) else data
            if isinstance(address, str) and address in wanted and isinstance(data, bytes):
                path = folder / hashlib.sha256(address.encode()).hexdigest()
                path.write_bytes(data)
                yield address, path
