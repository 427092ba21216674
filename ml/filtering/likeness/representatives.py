"""The kept ones of all groups of duplicates so far: their hashes in memory, eight bytes and an
index each, and what a second look needs on disk, in records of one size.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.filtering.likeness.hash_index import HashIndex

_LONGEST_KEY = 240  # bytes of a key that are kept for sentences
_READ_AT_ONCE = 4096  # records


@dataclass(frozen=True, kw_only=True)
class Kept:
    position: int
    key: str


class Representatives:
    """`count` of the records on disk are known; what lies behind them was written after the work
    was last saved, and is written again.
    """

    def __init__(
        self, path: Path, *, look_dtype: str, look_shape: tuple[int, ...], max_distance: int,
        count: int,
    ) -> None:  # fmt: skip
        self._dtype = np.dtype(
            [("hash", "<u8"), ("position", "<i8"), ("key", f"S{_LONGEST_KEY}"),
             ("look", look_dtype, look_shape)]
        )  # fmt: skip
        self.index = HashIndex(max_distance)
        self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        self._file.truncate(count * self._dtype.itemsize)
        self._load(count)

    def _load(self, count: int) -> None:
        for start in range(0, count, _READ_AT_ONCE):
            records = self._read(range(start, min(count, start + _READ_AT_ONCE)))
            self.index.extend(records["hash"].astype(np.uint64))

    def __len__(self) -> int:
        return len(self.index)

    def add(self, value: int, *, position: int, key: str, look: NDArray[Any]) -> None:
        index = self.index.add(value)
        record = np.zeros(1, self._dtype)
        record["hash"], record["position"], record["look"] = value, position, look
        record["key"] = key.encode()[:_LONGEST_KEY]
        _write(self._file.fileno(), record.tobytes(), index * self._dtype.itemsize)

    def read_looks(self, indices: Sequence[int]) -> NDArray[Any]:
        return np.asarray(self._read(indices)["look"])

    def read_kept(self, index: int) -> Kept:
        record = self._read([index])[0]
        key = bytes(record["key"]).decode("utf-8", "ignore")
        return Kept(position=int(record["position"]), key=key)

    def close(self) -> None:
        self._file.close()

    def _read(self, indices: Sequence[int]) -> NDArray[Any]:
        size, number = self._dtype.itemsize, self._file.fileno()
        if isinstance(indices, range):
            data = os.pread(number, len(indices) * size, indices.start * size)
        else:
            data = b"".join(os.pread(number, size, index * size) for index in indices)
        return np.frombuffer(data, self._dtype)


class NumberFile:
    """Integers on disk, of which `count` are known."""

    def __init__(self, path: Path, count: int) -> None:
        self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        self._file.truncate(8 * count)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def append(self, value: int) -> None:
        _write(self._file.fileno(), value.to_bytes(8, "little", signed=True), 8 * self._count)
        self._count += 1

    def close(self) -> None:
        self._file.close()

    def read(self) -> NDArray[np.int64]:
        data = os.pread(self._file.fileno(), 8 * self._count, 0)
        return np.frombuffer(data, "<i8")


def _write(number: int, data: bytes, at: int) -> None:
    """A disk that is full takes a part of it, and says so only when asked for the rest."""
    while data:
        written = os.pwrite(number, data, at)
        data, at = data[written:], at + written
