"""A Hugging Face image folder: `metadata.csv`, `.jsonl` or `.parquet` with a column `file_name`,
at the top or in each split's folder; or folders named after classes, which become the captions.
"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, UnreadableSource, shown
from ml.datasets.readers import delimited, jsonl, parquet
from ml.datasets.source import SPLITS, Source, walk, walk_pictures

TABLES = ("metadata.csv", "metadata.tsv", "metadata.jsonl", "metadata.ndjson", "metadata.parquet")

_READERS: dict[str, ModuleType] = {
    suffix: reader for reader in (delimited, jsonl, parquet) for suffix in reader.SUFFIXES
}


def list_tables(folder: Path) -> list[Path]:
    """At the top, else in the folders directly below."""
    here = [folder / name for name in TABLES if (folder / name).is_file()]
    if here:
        return here
    found = (Path(entry.path) for entry in walk(folder) if entry.name in TABLES)
    return [table for table in found if table.parent.parent == folder]


def read(source: Source) -> Iterator[RawItem | Problem]:
    if not source.path.is_dir():
        raise UnreadableSource(f"'{shown(source.name)}' is a file; a folder is expected.")
    tables = list_tables(source.path)
    return _read_tables(source, tables) if tables else _read_classes(source)


def count(source: Source) -> int | None:
    return None if list_tables(source.path) else sum(1 for _ in walk_pictures(source.path))


def _read_tables(source: Source, tables: list[Path]) -> Iterator[RawItem | Problem]:
    for table in tables:
        folder = table.parent.relative_to(source.path).as_posix()
        folder = "" if folder == "." else folder
        split = folder if folder in SPLITS else ""
        yield from _READERS[table.suffix].read_table(source, table, folder=folder, split=split)


def _read_classes(source: Source) -> Iterator[RawItem | Problem]:
    """The innermost folder is the class; a split's folder is not."""
    for entry in walk_pictures(source.path):
        path = Path(entry.path).relative_to(source.path)
        folders = list(path.parent.parts)
        split = folders.pop(0) if folders and folders[0] in SPLITS else ""
        label = folders[-1] if folders else ""
        yield RawItem(
            key=shown(path.as_posix()),
            picture=path.as_posix(),
            picture_name=shown(path.name),
            caption=shown(label.replace("_", " ")),
            split=split,
            metadata={"label": shown(label)} if label else {},
        )
