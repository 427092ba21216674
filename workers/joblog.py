"""The log file of one attempt: whatever its process prints, capped.

The beginning and the end are kept, for that is where the settings and the traceback are.
"""

import os
import threading
from multiprocessing.connection import Connection
from pathlib import Path

_CHUNK = 65_536
_END_KB = 64


class JobLog(threading.Thread):
    """Reads the pipe until the last process that holds its other end is gone."""

    def __init__(self, path: Path, pipe: Connection, *, cap_kb: int) -> None:
        super().__init__(name=f"log-{path.stem}", daemon=True)
        self._path = path
        self._pipe = pipe
        self._room = (cap_kb - _END_KB) * 1024 if cap_kb > _END_KB else 0
        self._end = bytearray()
        self._num_left_out = 0

    def run(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file, self._pipe:
            while chunk := os.read(self._pipe.fileno(), _CHUNK):
                kept, rest = chunk[: self._room], chunk[self._room :]
                self._room -= len(kept)
                file.write(kept)
                self._keep_end(rest)
            if self._num_left_out:
                file.write(f"\n... {self._num_left_out} bytes were left out ...\n".encode())
            file.write(self._end)

    def _keep_end(self, more: bytes) -> None:
        self._end += more
        surplus = len(self._end) - _END_KB * 1024
        if surplus > 0:
            del self._end[:surplus]
            self._num_left_out += surplus
