"""What was kept and what was rejected, on disk: in parts while the work goes on, joined into shards
of bounded size at the end. How the work was cut into parts leaves no trace in the shards.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml.datasets import contents, items
from ml.datasets.items import Item
from ml.datasets.problems import Problem
from ml.datasets.shards import ShardWriter, make_schema
from ml.filtering.rows import Reason, Row

REJECTED = pa.schema(
    [
        ("position", pa.int64()),
        *(
            (name, pa.string())
            for name in ("key", "stage", "reason", "detail", "of", "caption", "language", "country",
                         "licence", "url", "host", "split")
        ),
    ]
)  # fmt: skip
_ROWS_OF_GROUP = 10_000

Complete = Callable[[int], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ShardSize:
    max_bytes: int = 256 * 2**20
    max_items: int = 20_000
    max_rejected: int = 500_000


class Parts:
    """Below a folder that survives from one attempt to the next."""

    def __init__(self, folder: Path, extra: Sequence[pa.Field]) -> None:
        self.folder = folder
        self.schema = make_schema(extra)
        folder.mkdir(exist_ok=True)

    def begin(self, number: int) -> ShardWriter:
        return ShardWriter(self.folder / f"items-{number:05d}.parquet", self.schema)

    def write_rejected(self, number: int, rows: Sequence[Mapping[str, Any]]) -> None:
        table = pa.Table.from_pylist(list(rows), REJECTED)
        pq.write_table(table, self._rejected(number), compression="zstd")

    def _rejected(self, number: int) -> Path:
        return self.folder / f"rejected-{number:05d}.parquet"

    def forget_after(self, num_parts: int, num_rejected_parts: int) -> None:
        """What was written after the work was last saved is written again."""
        for name, first in (("items", num_parts), ("rejected", num_rejected_parts)):
            for path in self.folder.glob(f"{name}-*.parquet"):
                if int(path.stem.rpartition("-")[2]) >= first:
                    path.unlink()

    def join_items(self, out_dir: Path, size: ShardSize, complete: Complete) -> int:
        """Returns the number of shards."""
        writer: ShardWriter | None = None
        num_shards = 0
        for row in contents.iterate(self.folder):
            if writer is None:
                path = out_dir / f"items-{num_shards:05d}.parquet"
                writer, num_shards = ShardWriter(path, self.schema), num_shards + 1
            item = items.from_row(row)
            writer.add(item, {**self._read_extra(row), **complete(item.position)})
            if writer.num_bytes >= size.max_bytes or writer.num_items >= size.max_items:
                writer.close()
                writer = None
        if writer is not None:
            writer.close()
        return num_shards

    def _read_extra(self, row: Mapping[str, Any]) -> dict[str, Any]:
        known = Item.__dataclass_fields__
        return {name: row[name] for name in self.schema.names if name not in known}

    def join_rejected(self, num_parts: int, out_dir: Path, size: ShardSize) -> None:
        """Always there, so that a reader need not ask."""
        number, num_rows = 0, 0
        writer = _open(out_dir, number)
        for group in self._regroup(num_parts):
            if num_rows + group.num_rows > size.max_rejected and num_rows:
                writer.close()
                number, num_rows = number + 1, 0
                writer = _open(out_dir, number)
            writer.write_table(group)
            num_rows += group.num_rows
        writer.close()

    def _regroup(self, num_parts: int) -> Iterator[pa.Table]:
        rest = REJECTED.empty_table()
        for number in range(num_parts):
            rest = pa.concat_tables([rest, pq.read_table(self._rejected(number), schema=REJECTED)])
            while rest.num_rows >= _ROWS_OF_GROUP:
                yield rest.slice(0, _ROWS_OF_GROUP).combine_chunks()
                rest = rest.slice(_ROWS_OF_GROUP)
        if rest.num_rows:
            yield rest.combine_chunks()


def _open(out_dir: Path, number: int) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        out_dir / f"rejected-{number:05d}.parquet", REJECTED, compression="zstd"
    )


def describe_rejected(row: Row, stage: str, reason: Reason) -> dict[str, Any]:
    return {
        "position": row.position,
        "key": row.raw.key,
        "stage": stage,
        "reason": reason.code,
        "detail": reason.detail,
        "of": reason.of,
        "caption": row.caption,
        "language": row.language,
        "country": row.raw.country,
        "licence": row.raw.licence,
        "url": row.raw.url,
        "host": row.host,
        "split": row.raw.split,
    }


def describe_unread(problem: Problem, position: int, stage: str) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(REJECTED.names, "")
    return found | {
        "position": position,
        "key": problem.reference,
        "stage": stage,
        "reason": str(problem.reason),
        "detail": problem.message,
    }
