"""Lines of JSON that are appended to a file, of which a checkpoint says how much counts. What was
written after the last checkpoint is cut off when the file is opened again.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class Journal:
    def __init__(self, path: Path, num_bytes: int) -> None:
        self.path = path
        path.touch()
        os.truncate(path, num_bytes)
        self._file = path.open("ab")

    def append(self, values: Mapping[str, Any]) -> None:
        line = json.dumps(values, ensure_ascii=False, allow_nan=False)
        self._file.write(f"{line}\n".encode())

    def flush(self) -> int:
        """To the disk; how many bytes there are."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    def read(self) -> Iterator[dict[str, Any]]:
        if not self._file.closed:
            self._file.flush()
        with self.path.open("rb") as lines:
            for line in lines:
                yield json.loads(line)
