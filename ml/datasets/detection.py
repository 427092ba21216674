"""Decides which reader a source needs, by what is found; says what was found when none fits."""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from ml.datasets import confinement, filetypes
from ml.datasets.problems import UnreadableSource, shown
from ml.datasets.readers import folder, imagefolder, jsonl, parquet, registry, webdataset
from ml.datasets.source import SPLITS, find_files, walk, walk_pictures

LOOKED_AT = 50  # pictures; enough to see whether captions lie beside them
_NUMBER_OR_SPLIT = re.compile(rf"\d+|^({'|'.join(SPLITS)})(?=[-.])")


def detect(path: Path, name: str, wanted: str = "auto") -> tuple[str, Path]:
    """The reader's name and what it should read: the source itself, or the one table in it."""
    if path.is_file():
        return (_detect_file(path, name) if wanted == "auto" else wanted), path
    if wanted == "csv":
        reader, found = wanted, _find_only_table(path, name, registry.SUFFIXES[wanted])
    elif wanted == "jsonl":
        tables = find_files(path, *jsonl.SUFFIXES)
        reader, found = wanted, tables[0] if len(tables) == 1 else path
    else:
        reader, found = (wanted, path) if wanted != "auto" else _detect_folder(path, name)
    if found != path:
        # Its folder becomes the root of all pictures: it must not be another one.
        confinement.check_table(path, found)
    return reader, found


def _find_only_table(path: Path, name: str, suffixes: tuple[str, ...]) -> Path:
    tables = [table for table in list_top_tables(path) if table.name.lower().endswith(suffixes)]
    if len(tables) == 1:
        return tables[0]
    found = ", ".join(shown(table.name) for table in tables[:LOOKED_AT]) or "none"
    raise UnreadableSource(
        f"In the folder '{shown(name)}' one table ending in {' or '.join(suffixes)} is expected; "
        f"found: {found}."
    )


def refuse_pickle(path: Path, name: str) -> None:
    with path.open("rb") as file:
        if filetypes.is_pickle(file.read(filetypes.HEAD_BYTES)):
            raise UnreadableSource(
                f"'{shown(name)}' is a Python pickle. Pickles can run code and are never opened; "
                "save the data as Parquet, JSONL or CSV."
            )


def _detect_file(path: Path, name: str) -> str:
    with path.open("rb") as file:
        head = file.read(filetypes.HEAD_BYTES)
    if head.startswith(b"PAR1"):
        return "parquet"
    found = registry.find_format(path)
    if found is not None:
        return found
    if head.lstrip().startswith(b"{"):
        return "jsonl"
    raise UnreadableSource(
        f"'{shown(name)}' is {filetypes.name_contents(head)}; a zip archive, Parquet, JSONL or CSV "
        "file is expected, or a folder."
    )


def _detect_folder(path: Path, name: str) -> tuple[str, Path]:
    if imagefolder.list_tables(path):
        return "imagefolder", path
    if folder.find_table(path):
        return "folder", path
    pictures = [Path(entry.path) for entry in islice(walk_pictures(path), LOOKED_AT)]
    tables = list_top_tables(path)
    if len(tables) == 1:
        return str(registry.find_format(tables[0])), tables[0]
    if not pictures:
        return _detect_without_pictures(path, name, tables), path
    return _detect_with_pictures(path, name, pictures, tables), path


def _detect_with_pictures(
    path: Path, name: str, pictures: Sequence[Path], tables: Sequence[Path]
) -> str:
    if tables:
        if _are_shards(tables):
            return "jsonl"
        raise _found_several(name, "holds pictures and more than one table", tables)
    has_captions = any(
        picture.with_suffix(suffix).is_file()
        for picture in pictures
        for suffix in folder.CAPTION_SUFFIXES
    )
    if not has_captions and find_files(path, *jsonl.SUFFIXES):
        return "jsonl"
    are_classes = not has_captions and all(picture.parent != path for picture in pictures)
    return "imagefolder" if are_classes else "folder"


def list_top_tables(path: Path) -> list[Path]:
    """Tables that lie directly in the folder; the sidecar files of pictures are not tables."""
    return sorted(
        file for file in path.iterdir()
        if file.is_file() and registry.find_format(file) not in (None, "webdataset")
    )  # fmt: skip


def _are_shards(tables: Sequence[Path]) -> bool:
    """Parts of one JSONL, told apart by a number or a split. Other names beside the same pictures
    may be other captions for them: that is asked.
    """
    names = {_NUMBER_OR_SPLIT.sub("", table.name.lower()) for table in tables}
    return len(names) == 1 and all(registry.find_format(each) == "jsonl" for each in tables)


def _found_several(name: str, what: str, tables: Sequence[Path]) -> UnreadableSource:
    found = ", ".join(shown(table.name) for table in tables[:LOOKED_AT])
    return UnreadableSource(
        f"'{shown(name)}' {what}: {found}. Name one of them as the source, or call it captions.csv."
    )


def _detect_without_pictures(path: Path, name: str, tables: Sequence[Path]) -> str:
    if find_files(path, *parquet.SUFFIXES):
        return "parquet"
    if any(registry.find_format(table) != "jsonl" for table in tables):
        raise _found_several(name, "holds more than one table", tables)
    if find_files(path, *jsonl.SUFFIXES):
        return "jsonl"
    if find_files(path, *webdataset.SUFFIXES):
        return "webdataset"
    if find_files(path, ".arrow"):
        raise UnreadableSource(
            f"'{shown(name)}' holds Arrow files of a data set saved to disk; save it with "
            "to_parquet and import that."
        )
    found = [shown(entry.name) for entry in islice(walk(path), 4)]
    listed = f"it holds {', '.join(found)}" if found else "it is empty"
    raise UnreadableSource(
        f"There are no pictures and no Parquet, JSONL or tar files in the folder '{shown(name)}': "
        f"{listed}."
    )
