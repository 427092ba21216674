"""Reads what computations left in files: the chunks of an index with their vectors, and the vectors
of questions. A batch at a time: an index may be half a gigabyte.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from domain.knowledge.vectors import FILTERS, Chunk, Vector

CHUNKS, VECTORS, KEYS = "chunks.jsonl", "vectors.safetensors", "keys.json"
_TENSOR = "vectors"
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, kw_only=True)
class Queries:
    """By key, with the encoder that made them."""

    keys: list[str]
    encoder: dict[str, Any]
    path: Path

    def read(self) -> Iterator[Vector]:
        return read_vectors(self.path)


def read_chunks(folder: Path) -> Iterator[Chunk]:
    """In the order of the file, which is that of the vectors."""
    with (folder / CHUNKS).open("rb") as lines:
        for line in lines:
            row = json.loads(line)
            yield Chunk(id=row["id"], **{name: row.get(name, "") for name in FILTERS})


def read_vectors(folder: Path) -> Iterator[Vector]:
    import safetensors  # noqa: PLC0415 - it comes with what computes, which not every door has

    with safetensors.safe_open(folder / VECTORS, framework="numpy") as file:
        rows = file.get_slice(_TENSOR)
        num_rows = rows.get_shape()[0]
        for start in range(0, num_rows, _ROWS_AT_ONCE):
            some = rows[start : min(num_rows, start + _ROWS_AT_ONCE)]
            yield from np.asarray(some, np.float32)


def read_queries(folder: Path) -> Queries:
    facts = json.loads((folder / KEYS).read_text("utf-8"))
    return Queries(keys=facts["keys"], encoder=facts["encoder"], path=folder)
