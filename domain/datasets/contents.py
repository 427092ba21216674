"""Reads items, problems and previews from a data set's files, a page at a time.

Nothing is read whole: Parquet tells where its rows lie, and columns that a page does not show,
the pictures above all, stay on the disk. pyarrow is imported when first used: a web process that
shows no data set does not pay for it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.datasets import errors

ITEM_COLUMNS = (
    *("position", "key", "caption", "language", "licence", "country", "url", "host", "split"),
    *("width", "height", "format", "sha256", "size_bytes", "metadata"),
)
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class ProblemRow:
    number: int  # in the file, from 0: where the next page begins
    reference: str
    reason: str
    message: str
    is_kept: bool


def list_items(
    artifact: Artifact, num_shards: int, *, after: int = -1, limit: int = 50
) -> list[dict[str, Any]]:
    """Items behind the position `after`, in order, without their pictures."""
    found: list[dict[str, Any]] = []
    for number in range(num_shards):
        if len(found) >= limit:
            break
        with _open_parquet(artifact, f"items-{number:05d}.parquet") as file:
            for group in _groups_behind(file, after):
                if len(found) >= limit:
                    break
                rows = file.read_row_group(group, columns=list(ITEM_COLUMNS)).to_pylist()
                found += [row for row in rows if row["position"] > after]
    for row in found[:limit]:
        row["metadata"] = json.loads(row["metadata"])
    return found[:limit]


def _groups_behind(file: Any, after: int) -> Iterator[int]:
    """Row groups that end behind a position, by their statistics."""
    column = file.schema_arrow.names.index("position")
    for group in range(file.num_row_groups):
        statistics = file.metadata.row_group(group).column(column).statistics
        if statistics is None or statistics.max > after:
            yield group


def list_problems(
    artifact: Artifact, *, reason: str = "", start: int = 0, limit: int = 50
) -> list[ProblemRow]:
    """Problems from row `start` on, of one reason if given."""
    found: list[ProblemRow] = []
    number = 0
    with _open_parquet(artifact, "problems.parquet") as file:
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            if number + batch.num_rows > start:
                rows = (ProblemRow(number + at, **row) for at, row in enumerate(batch.to_pylist()))
                found += [row for row in rows if row.number >= start and reason in ("", row.reason)]
            number += batch.num_rows
            if len(found) >= limit:
                break
    return found[:limit]


def read_preview(artifact: Artifact, sample: Sequence[dict[str, Any]], position: int) -> bytes:
    """A re-encoded picture, WebP. Only names that the import wrote down are ever opened."""
    for entry in sample:
        if entry["position"] == position:
            uri = storage.join(artifact.uri, "previews", entry["preview"])
            with storage.open_read(uri) as file:
                return file.read()
    raise errors.PreviewNotFound(position)


@contextmanager
def _open_parquet(artifact: Artifact, name: str) -> Iterator[Any]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - see the module's docstring

    with storage.open_read(storage.join(artifact.uri, name)) as file:
        yield pq.ParquetFile(file, pre_buffer=False)
