"""Parquet files of items, each of bounded size, readable as a Hugging Face data set."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml.importing.items import Item
from ml.importing.problems import Problem

ROW_GROUP_BYTES = 8 * 2**20  # of pictures, held in memory before they are written
ROW_GROUP_ROWS = 512

_TEXT = ("key", "caption", "language", "licence", "country", "url", "host", "split")
_PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_COLUMNS = [
    ("position", pa.int64()),
    *((name, pa.string()) for name in _TEXT),
    ("width", pa.int32()),
    ("height", pa.int32()),
    ("format", pa.string()),
    ("sha256", pa.string()),
    ("size_bytes", pa.int64()),
    ("metadata", pa.string()),
    ("image", _PICTURE),
]


def _features() -> dict[str, Any]:
    """Hugging Face's own note about the columns; without it the picture is a plain struct."""
    kinds: dict[str, Any] = {
        name: {"dtype": str(kind), "_type": "Value"} for name, kind in _COLUMNS
    }
    return {"info": {"features": {**kinds, "image": {"_type": "Image"}}}}


ITEMS = pa.schema(_COLUMNS, metadata={"huggingface": json.dumps(_features())})
PROBLEMS = pa.schema(
    [
        ("reference", pa.string()),
        ("reason", pa.string()),
        ("message", pa.string()),
        ("is_kept", pa.bool_()),
    ]
)


class ShardWriter:
    """Opens its file with the first item, so that a shard is never empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.num_items = 0
        self.num_bytes = 0
        self._items: list[Item] = []
        self._buffered_bytes = 0
        self._file: pq.ParquetWriter | None = None

    def add(self, item: Item) -> None:
        self._items.append(item)
        self.num_items += 1
        self.num_bytes += len(item.picture)
        self._buffered_bytes += len(item.picture)
        if self._buffered_bytes >= ROW_GROUP_BYTES or len(self._items) >= ROW_GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self._items:
            return
        if self._file is None:
            # Pictures are compressed already; their statistics would double the footer.
            self._file = pq.ParquetWriter(
                self.path, ITEMS, compression={"image.bytes": "NONE"} | _compress_others(),
                use_dictionary=["language", "licence", "country", "split", "format", "host"],
                write_statistics=["position"],
            )  # fmt: skip
        self._file.write_table(_to_table(self._items))
        self._items, self._buffered_bytes = [], 0

    def close(self) -> None:
        self._flush()
        if self._file is not None:
            self._file.close()


def _compress_others() -> dict[str, str]:
    return {name: "ZSTD" for name, _ in _COLUMNS if name != "image"} | {"image.path": "ZSTD"}


def _to_table(items: Sequence[Item]) -> pa.Table:
    """Column by column: through rows, Arrow looks at every picture's bytes in Python."""
    columns: dict[str, list[Any]] = {
        name: [getattr(item, name) for item in items]
        for name in ("position", *_TEXT, "width", "height", "format", "sha256")
    }
    columns["size_bytes"] = [len(item.picture) for item in items]
    columns["metadata"] = [
        json.dumps(item.metadata, ensure_ascii=False, sort_keys=True) for item in items
    ]
    arrays = [pa.array(columns[name], kind) for name, kind in _COLUMNS if name != "image"]
    image = pa.StructArray.from_arrays(
        [
            pa.array([item.picture for item in items], pa.binary()),
            pa.array([item.picture_name for item in items], pa.string()),
        ],
        fields=list(_PICTURE),
    )
    return pa.Table.from_arrays([*arrays, image], schema=ITEMS)


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    rows = [{**vars(problem), "reason": str(problem.reason)} for problem in problems]
    pq.write_table(pa.Table.from_pylist(rows, PROBLEMS), path, compression="zstd")


def join_problems(parts: Sequence[Path], path: Path) -> None:
    """One file, part by part; always there, so that a reader need not ask."""
    with pq.ParquetWriter(path, PROBLEMS, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))
