"""Reads items, problems, rejected rows and previews from a data set's files, a page at a time.

Nothing is read whole: Parquet tells where its rows lie, and columns that a page does not show,
the pictures above all, stay on the disk. pyarrow is imported when first used: a web process that
shows no data set does not pay for it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
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
_REJECTED = "rejected-"
_REJECTED_COLUMNS = ("key", "stage", "reason", "detail", "caption")


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


@dataclass(frozen=True)
class RejectedRow:
    number: int  # over all files, from 0: where the next page begins
    key: str
    stage: str
    reason: str
    detail: str
    caption: str
    values: Mapping[str, Any]  # the other columns, without pictures


def list_rejected(
    artifact: Artifact,
    *,
    stage: str = "",
    reason: str = "",
    start: int = 0,
    limit: int = 50,
) -> list[RejectedRow]:
    """What a filter left out, from row `start` on; of one stage and reason if given."""
    found: list[RejectedRow] = []
    number = 0
    for name in _list_rejected_files(artifact):
        with _open_parquet(artifact, name) as file:
            if number + file.metadata.num_rows <= start:
                number += file.metadata.num_rows
                continue
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=_list_readable(file)):
                rows = [
                    _make_rejected(number + at, row) for at, row in enumerate(batch.to_pylist())
                ]
                found += [
                    row
                    for row in rows
                    if row.number >= start
                    and stage in ("", row.stage)
                    and reason in ("", row.reason)
                ]
                number += batch.num_rows
                if len(found) >= limit:
                    return found[:limit]
    return found


def _list_rejected_files(artifact: Artifact) -> list[str]:
    names = storage.list_names(artifact.uri)
    return [name for name in names if name.startswith(_REJECTED) and name.endswith(".parquet")]


def _list_readable(file: Any) -> list[str]:
    """Columns that hold no pictures: numbers, words and lists of them."""
    return [field.name for field in file.schema_arrow if "binary" not in str(field.type)]


def _make_rejected(number: int, row: Mapping[str, Any]) -> RejectedRow:
    named = {name: str(row.get(name) or "") for name in _REJECTED_COLUMNS}
    others = {name: value for name, value in row.items() if name not in named}
    return RejectedRow(number=number, values=others, **named)


def read_preview(artifact: Artifact, sample: Sequence[dict[str, Any]], position: int) -> bytes:
    """A re-encoded picture, WebP. Only names that the import wrote down are ever opened."""
    return _read_preview(artifact, "previews", sample, position)


def read_rejected_preview(
    artifact: Artifact, sample: Sequence[dict[str, Any]], position: int
) -> bytes:
    """The same of a row that a filter left out and wrote down among its samples."""
    return _read_preview(artifact, "rejected-previews", sample, position)


def _read_preview(
    artifact: Artifact, folder: str, sample: Sequence[dict[str, Any]], position: int
) -> bytes:
    for entry in sample:
        if entry["position"] == position:
            with storage.open_read(storage.join(artifact.uri, folder, entry["preview"])) as file:
                return file.read()
    raise errors.PreviewNotFound(position)


@contextmanager
def _open_parquet(artifact: Artifact, name: str) -> Iterator[Any]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - see the module's docstring

    with storage.open_read(storage.join(artifact.uri, name)) as file:
        yield pq.ParquetFile(file, pre_buffer=False)
