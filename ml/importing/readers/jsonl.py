"""JSONL: one JSON object per line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml.importing import confinement
from ml.importing.items import RawItem
from ml.importing.problems import Problem, Reason, UnfitItem, UnreadableSource, shown
from ml.importing.readers import text
from ml.importing.readers.columns import Columns, find_columns
from ml.importing.readers.rows import to_item
from ml.importing.source import Source

SUFFIXES = (".jsonl", ".ndjson")


def read(source: Source) -> Iterator[RawItem | Problem]:
    return read_table(source, source.path)


def count(source: Source) -> int | None:
    """Unknown without reading the file twice."""
    del source
    return None


def read_table(source: Source, path: Path, **place: str) -> Iterator[RawItem | Problem]:
    confinement.check_table(source.root, path)
    where = source.describe(path)
    text.check_text(path, where, "JSONL")
    columns: Columns | None = None
    for number, line in enumerate(text.read_lines(path, where), start=1):
        if not line.strip():
            continue
        try:
            row = _parse(line, number, where)
            columns = columns or find_columns(
                list(row),
                image=source.image_column,
                caption=source.caption_column,
                where=f"{where}, line {number}",
            )
            yield to_item(row, columns, number=number, where=where, **place)
        except UnfitItem as unfit:
            yield unfit.about(f"{where}, line {number}")
    if columns is None:
        raise UnreadableSource(f"'{where}' has no line that is a JSON object.")


def _parse(line: str, number: int, where: str) -> dict[str, Any]:
    if number == 1 and line.lstrip().startswith("["):
        raise UnreadableSource(
            f"'{where}' is a JSON list; JSONL has one object per line and no brackets around them."
        )
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnfitItem(Reason.UNREADABLE_ROW, f"The line is not JSON: {shown(error)}.") from error
    if not isinstance(row, dict):
        raise UnfitItem(
            Reason.UNREADABLE_ROW, f"The line holds {type(row).__name__}, not an object."
        )
    return row
