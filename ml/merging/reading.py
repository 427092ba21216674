"""Bytes of files at a position: read and written in pieces, into memory that is used again.

Files are not mapped: mapped pages count as memory of the process and grow with the file.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.merging.models import Stored
from ml.merging.problems import ModelChanged

PIECE_BYTES = 2 * 2**20

Bytes = npt.NDArray[np.uint8]


class OpenFiles:
    """Descriptors by path, opened once and closed together."""

    def __init__(self) -> None:
        self._descriptors: dict[Path, int] = {}
        self._stack = ExitStack()

    def add(self, path: Path, flags: int = os.O_RDONLY) -> int:
        if path not in self._descriptors:
            descriptor = os.open(path, flags | os.O_CLOEXEC, 0o666)
            self._stack.callback(os.close, descriptor)
            self._descriptors[path] = descriptor
        return self._descriptors[path]

    def __getitem__(self, path: Path) -> int:
        return self._descriptors[path]

    def close(self) -> None:
        self._stack.close()


@contextmanager
def open_files() -> Iterator[OpenFiles]:
    files = OpenFiles()
    try:
        yield files
    finally:
        files.close()


def read_into(descriptor: int, piece: Bytes, position: int, path: Path) -> None:
    view = memoryview(piece)  # type: ignore[arg-type]  # numpy's stubs: an array is a buffer
    while view:
        num_read = os.preadv(descriptor, [view], position)
        if num_read == 0:
            raise ModelChanged(path)
        view, position = view[num_read:], position + num_read


def write_from(descriptor: int, piece: Bytes, position: int) -> None:
    view = memoryview(piece)  # type: ignore[arg-type]  # the same
    while view:
        num_written = os.pwrite(descriptor, view, position)
        # Asks for no more than to write now. The kernel would wait until a tenth of all memory is
        # unwritten, and the disk would idle while we compute and be waited for in the end.
        os.posix_fadvise(descriptor, position, num_written, os.POSIX_FADV_DONTNEED)
        view, position = view[num_written:], position + num_written


def are_equal(one: Stored, other: Stored) -> bool:
    """Byte by byte; both have the same size."""
    first, second = (np.empty(min(PIECE_BYTES, one.size_bytes), np.uint8) for _ in range(2))
    with open_files() as files:
        for begin in range(0, one.size_bytes, PIECE_BYTES):
            size = min(PIECE_BYTES, one.size_bytes - begin)
            for stored, piece in ((one, first), (other, second)):
                position = stored.place.start + begin
                read_into(files.add(stored.file), piece[:size], position, stored.file)
            if not np.array_equal(first[:size], second[:size]):
                return False
    return True
