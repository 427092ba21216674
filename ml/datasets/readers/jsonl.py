"""JSONL, one file or a folder of them: one JSON object per line; pictures lie beside its file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml.datasets import confinement
from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers import text
from ml.datasets.readers.columns import Columns, find_columns
from ml.datasets.readers.rows import to_item
from ml.datasets.source import Source, find_files, split_of

SUFFIXES = (".jsonl", ".ndjson")


def read(source: Source) -> Iterator[RawItem | Problem]:
    for path in _list_files(source):
        folder = path.parent.relative_to(source.root).as_posix()
        place = {"folder": "" if folder == "." else folder, "split": split_of(path)}
        yield from read_table(source, path, **place)


def count(source: Source) -> int | None:
    """Unknown without reading everything twice."""
    del source
    return None


def _list_files(source: Source) -> list[Path]:
    paths = [source.path] if source.path.is_file() else find_files(source.path, *SUFFIXES)
    if not paths:
        raise UnreadableSource(f"The folder '{shown(source.name)}' holds no JSONL files.")
    return paths


def read_table(source: Source, path: Path, **place: str) -> Iterator[RawItem | Problem]:
    confinement.check_table(source.root, path)
    where = source.describe(path)
    text.check_text(path, where, "JSONL")
    columns: Columns | None = None
    for number, line in enumerate(text.read_lines(path, where), start=1):
        if not line.strip():
            continue
        try:
            row = parse_line(line, number, where)
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


def parse_line(line: str, number: int, where: str) -> dict[str, Any]:
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
