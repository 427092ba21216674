"""Parquet, one file or a folder of them: paths, bytes, or Hugging Face's {bytes, path}."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml.datasets import confinement, filetypes
from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, UnfitItem, UnreadableSource, shown
from ml.datasets.readers.columns import find_columns
from ml.datasets.readers.rows import to_item
from ml.datasets.source import Source, find_files, split_of

SUFFIXES = (".parquet",)
# A file of kilobytes can hold gigabytes that repeat: the batch is what memory holds. More at once
# are hardly faster.
ROWS_AT_ONCE = 1
# Beside Arrow's own: text that is not UTF-8, and times that Python has no date for.
_DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError)


def read(source: Source) -> Iterator[RawItem | Problem]:
    for path in _list_files(source):
        yield from read_table(source, path)


def count(source: Source) -> int | None:
    files = (open_table(source.root, path, source.describe(path)) for path in _list_files(source))
    return sum(int(file.metadata.num_rows) for file in files)


def _list_files(source: Source) -> list[Path]:
    paths = [source.path] if source.path.is_file() else find_files(source.path, *SUFFIXES)
    if not paths:
        raise UnreadableSource(f"The folder '{shown(source.name)}' holds no Parquet files.")
    return paths


def read_table(source: Source, path: Path, **place: str) -> Iterator[RawItem | Problem]:
    where = source.describe(path)
    file = open_table(source.root, path, where)
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
    for number, row in enumerate(read_rows(file, wanted, where), start=1):
        try:
            yield to_item(row, columns, number=number, where=where, **place)
        except UnfitItem as unfit:
            yield unfit.about(f"{where}, row {number}")


def _is_left_out(source: Source, field: pa.Field, where: str) -> bool:
    """Further columns of bytes are not captions, and would make a data set of anything."""
    if not holds_bytes(field.type):
        return False
    source.note(f"Column '{shown(field.name)}' of '{where}' holds bytes and was left out.")
    return True


def holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    return any(holds_bytes(kind.field(index).type) for index in range(kind.num_fields))


def open_table(root: Path, path: Path, where: str) -> pq.ParquetFile:
    confinement.check_table(root, path)
    with path.open("rb") as file:
        head = file.read(filetypes.HEAD_BYTES)
    if not head.startswith(b"PAR1"):
        raise UnreadableSource(
            f"'{where}' is not Parquet: by its contents it is {filetypes.name_contents(head)}."
        )
    try:
        # Unmapped and unbuffered ahead: memory must not grow with the file.
        return pq.ParquetFile(path, memory_map=False, pre_buffer=False, buffer_size=2**20)
    except _DAMAGE as error:
        raise _damaged(where, error) from error


def read_rows(file: pq.ParquetFile, columns: list[str], where: str) -> Iterator[dict[str, Any]]:
    try:
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns, use_threads=False):
            yield from batch.to_pylist()
    except _DAMAGE as error:
        raise _damaged(where, error) from error


def _damaged(where: str, error: Exception) -> UnreadableSource:
    return UnreadableSource(
        f"'{where}' begins like Parquet but cannot be read: {shown(error).rstrip('.')}."
    )
