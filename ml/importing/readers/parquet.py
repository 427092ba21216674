"""Parquet, one file or a folder of them: paths, bytes, or Hugging Face's {bytes, path}."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml.importing import confinement, contents
from ml.importing.items import RawItem
from ml.importing.problems import Problem, UnfitItem, UnreadableSource, shown
from ml.importing.readers.columns import find_columns
from ml.importing.readers.rows import to_item
from ml.importing.source import Source, find_files

SUFFIXES = (".parquet",)
# A file of kilobytes can hold gigabytes that repeat: the batch is what memory holds. More at once
# are hardly faster.
ROWS_AT_ONCE = 1
# Beside Arrow's own: text that is not UTF-8, and times that Python has no date for.
_DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError)
SPLITS = ("train", "validation", "valid", "val", "test", "dev")


def read(source: Source) -> Iterator[RawItem | Problem]:
    for path in _list_files(source):
        yield from read_table(source, path)


def count(source: Source) -> int | None:
    files = (_open(source, path) for path in _list_files(source))
    return sum(int(file.metadata.num_rows) for file in files)


def _list_files(source: Source) -> list[Path]:
    paths = [source.path] if source.path.is_file() else find_files(source.path, *SUFFIXES)
    if not paths:
        raise UnreadableSource(f"The folder '{shown(source.name)}' holds no Parquet files.")
    return paths


def read_table(source: Source, path: Path, **place: str) -> Iterator[RawItem | Problem]:
    where = source.describe(path)
    file = _open(source, path)
    schema = file.schema_arrow
    columns = find_columns(
        schema.names, image=source.image_column, caption=source.caption_column, where=where
    )
    wanted = [
        field.name
        for field in schema
        if field.name == columns.image or not _is_left_out(source, field, where)
    ]
    place = {"split": split_of(path), **place}
    for number, row in enumerate(_read_rows(file, wanted, where), start=1):
        try:
            yield to_item(row, columns, number=number, where=where, **place)
        except UnfitItem as unfit:
            yield unfit.about(f"{where}, row {number}")


def split_of(path: Path) -> str:
    """Hugging Face names shards train-00000-of-00003.parquet."""
    return next((name for name in SPLITS if path.name.startswith((f"{name}-", f"{name}."))), "")


def _is_left_out(source: Source, field: pa.Field, where: str) -> bool:
    """Further columns of bytes are not captions, and would make a data set of anything."""
    if not _holds_bytes(field.type):
        return False
    source.note(f"Column '{shown(field.name)}' of '{where}' holds bytes and was left out.")
    return True


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    return any(_holds_bytes(kind.field(index).type) for index in range(kind.num_fields))


def _open(source: Source, path: Path) -> pq.ParquetFile:
    confinement.check_table(source.root, path)
    where = source.describe(path)
    with path.open("rb") as file:
        head = file.read(contents.HEAD_BYTES)
    if not head.startswith(b"PAR1"):
        raise UnreadableSource(
            f"'{where}' is not Parquet: by its contents it is {contents.name_contents(head)}."
        )
    try:
        # Unmapped and unbuffered ahead: memory must not grow with the file.
        return pq.ParquetFile(path, memory_map=False, pre_buffer=False, buffer_size=2**20)
    except _DAMAGE as error:
        raise _damaged(where, error) from error


def _read_rows(file: pq.ParquetFile, columns: list[str], where: str) -> Iterator[dict[str, Any]]:
    try:
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns, use_threads=False):
            yield from batch.to_pylist()
    except _DAMAGE as error:
        raise _damaged(where, error) from error


def _damaged(where: str, error: Exception) -> UnreadableSource:
    return UnreadableSource(
        f"'{where}' begins like Parquet but cannot be read: {shown(error).rstrip('.')}."
    )
