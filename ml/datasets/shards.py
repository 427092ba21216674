"""Parquet files of items, each of bounded size, readable as a Hugging Face data set."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml.datasets.items import Item
from ml.datasets.problems import Problem

ROW_GROUP_BYTES = 8 * 2**20  # of pictures, held in memory before they are written
ROW_GROUP_ROWS = 512

_NOTHING: Mapping[str, Any] = MappingProxyType({})
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


# Arrow's names of types that are Hugging Face's by another name.
_RENAMED = {"float": "float32", "double": "float64"}


def make_schema(extra: Sequence[pa.Field] = ()) -> pa.Schema:
    """Of items with further columns, the picture last; with Hugging Face's own note about the
    columns, without which the picture is a plain struct.
    """
    plain = [*(pa.field(name, kind) for name, kind in _COLUMNS[:-1]), *extra]
    features: dict[str, Any] = {
        each.name: {"dtype": _RENAMED.get(str(each.type), str(each.type)), "_type": "Value"}
        for each in plain
    }
    note = {"info": {"features": {**features, "image": {"_type": "Image"}}}}
    image = pa.field("image", _PICTURE)
    return pa.schema([*plain, image], metadata={"huggingface": json.dumps(note)})


ITEMS = make_schema()
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

    def __init__(self, path: Path, schema: pa.Schema = ITEMS) -> None:
        self.path = path
        self.schema = schema
        self.num_items = 0
        self.num_bytes = 0
        self._items: list[Item] = []
        self._extra: list[Mapping[str, Any]] = []
        self._buffered_bytes = 0
        self._file: pq.ParquetWriter | None = None

    def add(self, item: Item, extra: Mapping[str, Any] = _NOTHING) -> None:
        """`extra` holds values of the schema's further columns; those that it lacks are null."""
        self._items.append(item)
        self._extra.append(extra)
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
                self.path, self.schema, compression=_choose_compression(self.schema),
                use_dictionary=["language", "licence", "country", "split", "format", "host"],
                write_statistics=["position"],
            )  # fmt: skip
        self._file.write_table(_to_table(self._items, self._extra, self.schema))
        self._items, self._extra, self._buffered_bytes = [], [], 0

    def close(self) -> None:
        self._flush()
        if self._file is not None:
            self._file.close()


def _choose_compression(schema: pa.Schema) -> dict[str, str]:
    others = {name: "ZSTD" for name in schema.names if name != "image"}
    return others | {"image.bytes": "NONE", "image.path": "ZSTD"}


def _to_table(
    items: Sequence[Item], extra: Sequence[Mapping[str, Any]], schema: pa.Schema
) -> pa.Table:
    """Column by column: through rows, Arrow looks at every picture's bytes in Python."""
    columns: dict[str, list[Any]] = {
        name: [getattr(item, name) for item in items]
        for name in ("position", *_TEXT, "width", "height", "format", "sha256")
    }
    columns["size_bytes"] = [len(item.picture) for item in items]
    columns["metadata"] = [
        json.dumps(item.metadata, ensure_ascii=False, sort_keys=True) for item in items
    ]
    for name in schema.names[len(_COLUMNS) - 1 : -1]:
        columns[name] = [values.get(name) for values in extra]
    arrays = [pa.array(columns[each.name], each.type) for each in schema if each.name != "image"]
    image = pa.StructArray.from_arrays(
        [
            pa.array([item.picture for item in items], pa.binary()),
            pa.array([item.picture_name for item in items], pa.string()),
        ],
        fields=list(_PICTURE),
    )
    return pa.Table.from_arrays([*arrays, image], schema=schema)


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    rows = [{**vars(problem), "reason": str(problem.reason)} for problem in problems]
    pq.write_table(pa.Table.from_pylist(rows, PROBLEMS), path, compression="zstd")


def join_problems(parts: Sequence[Path], path: Path) -> None:
    """One file, part by part; always there, so that a reader need not ask."""
    with pq.ParquetWriter(path, PROBLEMS, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))
