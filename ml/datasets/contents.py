"""Reads a data set on disk, row by row, in little memory; the other half of `ml.datasets.shards`.

A data set is a folder with items-00000.parquet and so on, and dataset.json. A row is a dict by
column; the column `image` holds {"bytes": ..., "path": ...} as Hugging Face has it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml.datasets.problems import UnreadableSource, shown

FACTS = "dataset.json"
ITEMS_PATTERN = "items-*.parquet"
ROWS_AT_ONCE = 16  # pictures of megabytes each are held at once
ROWS_AT_ONCE_WITHOUT_PICTURES = 2048
PICTURE_COLUMN = "image"
_DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError)


def is_dataset(folder: Path) -> bool:
    return (folder / FACTS).is_file()


def list_shards(folder: Path) -> list[Path]:
    """In the order of their rows. A folder without any is no data set."""
    if not folder.is_dir():
        raise UnreadableSource(f"There is no folder '{shown(folder)}'.")
    shards = sorted(folder.glob(ITEMS_PATTERN))
    if not shards:
        raise UnreadableSource(
            f"'{shown(folder.name)}' is no data set of this program: it holds no file "
            f"'{ITEMS_PATTERN}'."
        )
    return shards


def read_facts(folder: Path) -> dict[str, Any]:
    """What dataset.json says: name, licence, digest, counts and the rest."""
    list_shards(folder)
    path = folder / FACTS
    try:
        facts = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UnreadableSource(
            f"'{shown(folder.name)}' cannot be read: its '{FACTS}' is missing."
        ) from error
    except ValueError as error:
        raise UnreadableSource(f"'{FACTS}' of '{shown(folder.name)}' is not JSON.") from error
    if not isinstance(facts, dict):
        raise UnreadableSource(f"'{FACTS}' of '{shown(folder.name)}' holds no JSON object.")
    _check_whole(folder, facts)
    return facts


def _check_whole(folder: Path, facts: Mapping[str, Any]) -> None:
    """A shard that was lost on the way would be missed by nobody: the others still read well."""
    told, found = facts.get("num_items"), count(folder)
    if isinstance(told, int) and told != found:
        raise UnreadableSource(
            f"The data set '{shown(folder.name)}' should hold {told:,} items and holds {found:,}, "
            f"in {len(list_shards(folder))} files '{ITEMS_PATTERN}'. Copy it anew."
        )


def count(folder: Path) -> int:
    """How many rows there are, by the footers alone."""
    return sum(_open(shard).metadata.num_rows for shard in list_shards(folder))


def list_columns(folder: Path) -> list[str]:
    return list(_open(list_shards(folder)[0]).schema_arrow.names)


def check_columns(folder: Path, wanted: Sequence[str]) -> None:
    _check_columns(list_columns(folder), wanted, folder)


def iterate(
    folder: Path, *, columns: Sequence[str] | None = None, start: int = 0
) -> Iterator[dict[str, Any]]:
    """Rows from `start` on, in order; all columns, or those named. Without the column `image` no
    picture is read from disk.
    """
    skip = start
    for shard in list_shards(folder):
        file = _open(shard)
        names = _check_columns(file.schema_arrow.names, columns, folder)
        for group in range(file.num_row_groups):
            num_rows = file.metadata.row_group(group).num_rows
            if skip >= num_rows:
                skip -= num_rows
                continue
            yield from _read_group(file, group, names, skip, shard)
            skip = 0


def _check_columns(found: list[str], wanted: Sequence[str] | None, folder: Path) -> list[str]:
    for name in wanted or ():
        if name not in found:
            raise UnreadableSource(
                f"The data set '{shown(folder.name)}' has no column '{shown(name)}'; it has: "
                f"{', '.join(found)}."
            )
    return found if wanted is None else list(wanted)


def _open(shard: Path) -> pq.ParquetFile:
    try:
        # Unmapped and unbuffered ahead: memory must not grow with the file.
        return pq.ParquetFile(shard, memory_map=False, pre_buffer=False, buffer_size=2**20)
    except _DAMAGE as error:
        raise _damaged(shard, error) from error


def _read_group(
    file: pq.ParquetFile, group: int, names: list[str], skip: int, shard: Path
) -> Iterator[dict[str, Any]]:
    size = ROWS_AT_ONCE if PICTURE_COLUMN in names else ROWS_AT_ONCE_WITHOUT_PICTURES
    try:
        batches = file.iter_batches(size, row_groups=[group], columns=names, use_threads=False)
        for batch in batches:
            if skip >= batch.num_rows:
                skip -= batch.num_rows
                continue
            yield from batch.slice(skip).to_pylist()
            skip = 0
    except _DAMAGE as error:
        raise _damaged(shard, error) from error


def _damaged(shard: Path, error: Exception) -> UnreadableSource:
    return UnreadableSource(f"'{shown(shard.name)}' cannot be read: {shown(error).rstrip('.')}.")
