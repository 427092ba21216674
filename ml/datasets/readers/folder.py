"""A folder of pictures with captions: a text or JSON file beside each picture, or one table
`captions.csv`, `.tsv` or `.jsonl`.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers import delimited, jsonl
from ml.datasets.readers.columns import (
    CAPTION,
    COUNTRY,
    KEY,
    LANGUAGE,
    LICENCE,
    SPLIT,
    URL,
    Columns,
)
from ml.datasets.readers.rows import to_item
from ml.datasets.source import Source, walk_pictures

TABLES = ("captions.csv", "captions.tsv", "captions.jsonl", "captions.ndjson")
CAPTION_SUFFIXES = (".json", ".txt", ".caption")
LONGEST_CAPTION_FILE = 2**18


def find_table(folder: Path) -> Path | None:
    return next((folder / name for name in TABLES if (folder / name).is_file()), None)


def read(source: Source) -> Iterator[RawItem | Problem]:
    if not source.path.is_dir():
        raise UnreadableSource(f"'{shown(source.name)}' is a file; a folder is expected.")
    table = find_table(source.path)
    if table is None:
        return _read_beside(source)
    return _read_table(source, table)


def count(source: Source) -> int | None:
    return None if find_table(source.path) else sum(1 for _ in walk_pictures(source.path))


def _read_table(source: Source, table: Path) -> Iterator[RawItem | Problem]:
    reader = delimited if table.suffix in delimited.SUFFIXES else jsonl
    num_rows = 0
    for found in reader.read_table(source, table):
        num_rows += 1
        yield found
    num_pictures = sum(1 for _ in walk_pictures(source.path))
    if num_pictures > num_rows:
        source.note(
            f"The folder holds {num_pictures:,} pictures and '{table.name}' {num_rows:,} rows: "
            "pictures that it does not name were left out."
        )


def _read_beside(source: Source) -> Iterator[RawItem | Problem]:
    for entry in walk_pictures(source.path):
        path = Path(entry.path)
        name = path.relative_to(source.path).as_posix()
        try:
            yield to_item(
                {**_read_caption(path, source), "": name}, _columns_of(source), number=0, where=name
            )
        except UnfitItem as unfit:
            yield unfit.about(shown(name))


def _columns_of(source: Source) -> Columns:
    """Keys of a JSON file beside a picture, which `_read_caption` has brought to one spelling."""
    return Columns(
        image="",
        caption=source.caption_column,
        language=LANGUAGE[0],
        licence=LICENCE[0],
        country=COUNTRY[0],
        url=URL[0],
        key=KEY[0],
        split=SPLIT[0],
    )


def _read_caption(picture: Path, source: Source) -> dict[str, Any]:
    for suffix in CAPTION_SUFFIXES:
        beside = picture.with_suffix(suffix)
        if beside.is_file():
            is_json = suffix == ".json"
            text = _read_text(beside)
            return _parse(text, beside.name, source) if is_json else {source.caption_column: text}
    raise UnfitItem(
        Reason.NO_CAPTION, f"There is no '{picture.stem}.txt' or '{picture.stem}.json' beside it."
    )


def _parse(text: str, name: str, source: Source) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnfitItem(
            Reason.UNREADABLE_CAPTION, f"'{name}' is not JSON: {shown(error)}."
        ) from error
    if not isinstance(facts, dict):
        raise UnfitItem(Reason.UNREADABLE_CAPTION, f"'{name}' does not hold a JSON object.")
    wanted: list[tuple[str, Sequence[str]]] = [
        (source.caption_column, (source.caption_column, *CAPTION)),
        *((names[0], names) for names in (LANGUAGE, LICENCE, COUNTRY, URL, KEY, SPLIT)),
    ]
    for key, spellings in wanted:
        used = next((spelling for spelling in spellings if spelling in facts), None)
        if used is not None:
            facts[key] = facts.pop(used)
    return facts


def _read_text(path: Path) -> str:
    """No larger than a caption is, and never through a link: it could lead anywhere."""
    try:
        if path.is_symlink() or path.stat().st_size > LONGEST_CAPTION_FILE:
            raise UnfitItem(
                Reason.UNREADABLE_CAPTION,
                f"'{path.name}' is a link or larger than {LONGEST_CAPTION_FILE:,} bytes.",
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnfitItem(
            Reason.UNREADABLE_CAPTION, f"'{path.name}' cannot be read: {error.strerror}."
        ) from error
    except UnicodeDecodeError as error:
        raise UnfitItem(
            Reason.UNREADABLE_CAPTION, f"'{path.name}' is not UTF-8; save it as UTF-8."
        ) from error
