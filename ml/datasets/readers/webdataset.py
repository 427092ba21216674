"""WebDataset: tar archives in which the files of one sample stand side by side under one name, such
as 000123.jpg, 000123.txt and 000123.json.

Read as a stream, member by member: nothing is unpacked, no path of a member is ever opened, and a
sample is all that memory holds. Compressed archives are refused, as they could be anything.
"""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml.datasets import confinement, filetypes
from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers.columns import CAPTION, Columns, find_columns
from ml.datasets.readers.rows import to_item
from ml.datasets.source import PICTURE_SUFFIXES, Source, find_files

SUFFIXES = (".tar",)
_MAGIC, _MAGIC_AT = b"ustar", 257
_TEXTS = ("txt", "caption", "text")
_MOST_TEXT_BYTES = 2**18
_MOST_PICTURE_BYTES = 2**32
_PICTURE = "image"  # the column that a sample's picture is put in

Sample = dict[str, bytes]


def read(source: Source) -> Iterator[RawItem | Problem]:
    for path in _list_files(source):
        confinement.check_table(source.root, path)
        yield from _read_archive(source, path)


def count(source: Source) -> int | None:
    """Unknown without reading everything twice."""
    del source
    return None


def _list_files(source: Source) -> list[Path]:
    paths = [source.path] if source.path.is_file() else find_files(source.path, *SUFFIXES)
    if not paths:
        raise UnreadableSource(f"The folder '{shown(source.name)}' holds no tar archives.")
    return paths


def _read_archive(source: Source, path: Path) -> Iterator[RawItem | Problem]:
    where = source.describe(path)
    with path.open("rb") as file:
        head = file.read(filetypes.HEAD_BYTES)
    is_empty = bool(head) and not any(head)
    if head[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] != _MAGIC and not is_empty:
        raise UnreadableSource(
            f"'{where}' is not a plain tar archive: by its contents it is "
            f"{filetypes.name_contents(head)}."
        )
    num_samples = 0
    try:
        with tarfile.open(path, "r|") as archive:
            for name, sample in _gather(archive):
                num_samples += 1
                yield _to_item(source, where, name, sample)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UnreadableSource(
            f"The tar archive '{where}' cannot be read to its end: {shown(error).rstrip('.')}."
        ) from error
    if num_samples == 0:
        raise UnreadableSource(f"The tar archive '{where}' holds no samples.")


def _gather(archive: tarfile.TarFile) -> Iterator[tuple[str, Sample]]:
    """Files with the same name up to the first dot of their last part belong together."""
    current, sample = "", Sample()
    for member in archive:
        folder, _, file = member.name.rpartition("/")
        stem, _, suffix = file.partition(".")
        if not member.isfile() or not stem or file.startswith("."):
            continue
        name = f"{folder}/{stem}" if folder else stem
        if name != current and sample:
            yield current, sample
            sample = Sample()
        current = name
        data = _read_member(archive, member, suffix.lower())
        if data is not None:
            sample[suffix.lower()] = data
    if sample:
        yield current, sample


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo, suffix: str) -> bytes | None:
    """None for what is no part of a picture with a caption, such as its embedding."""
    is_picture = f".{suffix}" in PICTURE_SUFFIXES
    most = _MOST_PICTURE_BYTES if is_picture else _MOST_TEXT_BYTES
    if not (is_picture or suffix in _TEXTS or suffix == "json") or member.size > most:
        return None
    file = archive.extractfile(member)
    return file.read() if file is not None else None


def _to_item(source: Source, where: str, name: str, sample: Sample) -> RawItem | Problem:
    try:
        row = _read_facts(sample)
        pictures = sorted(suffix for suffix in sample if f".{suffix}" in PICTURE_SUFFIXES)
        for suffix in _TEXTS:
            if suffix in sample:
                row[CAPTION[0]] = sample[suffix].decode("utf-8")
                break
        row[_PICTURE] = (
            {"bytes": sample[pictures[0]], "path": f"{name}.{pictures[0]}"} if pictures else None
        )
        row.setdefault("key", name)
        return to_item(row, _find_columns(source, row), number=0, where=where)
    except UnicodeDecodeError:
        unfit = UnfitItem(Reason.UNREADABLE_CAPTION, "The caption is not UTF-8.")
    except UnfitItem as error:
        unfit = error
    return unfit.about(shown(f"{where}, {name}"))


def _read_facts(sample: Sample) -> dict[str, Any]:
    if "json" not in sample:
        return {}
    try:
        facts = json.loads(sample["json"])
    except (ValueError, RecursionError) as error:
        raise UnfitItem(
            Reason.UNREADABLE_CAPTION, f"The sample's JSON cannot be read: {shown(error)}."
        ) from error
    if not isinstance(facts, dict):
        raise UnfitItem(Reason.UNREADABLE_CAPTION, "The sample's JSON holds no object.")
    return {str(name): value for name, value in facts.items() if name != _PICTURE}


def _find_columns(source: Source, row: dict[str, Any]) -> Columns:
    """Each sample may name other things; the caption that a text file gives goes first."""
    try:
        return find_columns(
            list(row), image=_PICTURE, caption=source.caption_column, where="the sample"
        )
    except UnreadableSource as error:
        raise UnfitItem(Reason.NO_CAPTION, "The sample has no caption.") from error
