"""Arrays that grow row by row on disk, and are read through memory maps.

Written with plain writes, so that a full disk is an error and not a signal. A commit names how many
rows of each array count; what was written after the last one is cut off when the work goes on.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ml import files
from ml.progress import Progress

LOCK = "lock"
_MARK = "mark.json"
_VERSION = 1
_LOOK_EVERY_S = 0.2


@contextmanager
def locked(folder: Path, progress: Progress) -> Iterator[None]:
    """One process at a time builds; others wait, and find it built."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress.check()
                time.sleep(_LOOK_EVERY_S)
        yield


def read_mark(folder: Path) -> dict[str, Any]:
    """What counts; nothing in a new folder or one of another version."""
    path = folder / _MARK
    if path.is_file():
        mark: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if mark["version"] == _VERSION:
            return mark
    return {"version": _VERSION, "arrays": {}, "position": 0, "is_done": False, "facts": {}}


class Writer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = read_mark(folder)
        self._files: dict[str, IO[bytes]] = {}
        self.position: int = self._mark["position"]
        self.facts: dict[str, Any] = self._mark["facts"]

    def append(self, name: str, rows: NDArray[Any]) -> int:
        """Returns the number of the first of these rows."""
        kind = {"dtype": rows.dtype.str, "shape": list(rows.shape[1:])}
        known = self._mark["arrays"].setdefault(name, kind | {"num_rows": 0})
        if {key: known[key] for key in kind} != kind:
            raise ValueError(f"Array '{name}' has rows of {known}, not {kind}.")
        if name not in self._files:
            self._files[name] = self._open(name, known)
        self._files[name].write(np.ascontiguousarray(rows).tobytes())
        first: int = known["num_rows"]
        known["num_rows"] += len(rows)
        return first

    def _open(self, name: str, known: Mapping[str, Any]) -> IO[bytes]:
        path = self._folder / f"{name}.bin"
        file = path.open("r+b" if path.exists() else "w+b")
        file.truncate(known["num_rows"] * _row_bytes(known))
        file.seek(0, os.SEEK_END)
        return file

    def save(self, position: int, *, is_done: bool = False) -> None:
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
        self.position = position
        self._mark |= {"position": position, "is_done": is_done, "facts": self.facts}
        files.write_json(self._folder / _MARK, self._mark)

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def open_arrays(folder: Path) -> dict[str, NDArray[Any]]:
    """All arrays, as far as they count. Nothing is read until rows are asked for."""
    found: dict[str, NDArray[Any]] = {}
    for name, known in read_mark(folder)["arrays"].items():
        shape = (known["num_rows"], *known["shape"])
        if known["num_rows"]:
            path = folder / f"{name}.bin"
            found[name] = np.memmap(path, dtype=known["dtype"], mode="r", shape=shape)
    return found


def _row_bytes(known: Mapping[str, Any]) -> int:
    return int(np.dtype(known["dtype"]).itemsize * np.prod(known["shape"], dtype=np.int64))
