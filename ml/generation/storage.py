"""What a run keeps while it works: pictures beside the records of finished batches.

A batch counts as made when its record is there and the pictures have the digests it names. Pictures
are encoded and written by a thread beside the computation.
"""

import hashlib
import io
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from ml import digests
from ml.generation.painter import Picture, Pixels
from ml.generation.plan import Batch, Variant
from ml.records import Records, Row

_MOST_WAITING = 2  # batches in memory that are not written yet


def encode(pixels: Pixels) -> bytes:
    """A PNG of nothing but pixels: the same pixels, the same bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


class Storage:
    """Below the folder that survives from one attempt to the next. Leaving the block waits until
    everything is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records = Records(folder)
        self._pool = ThreadPoolExecutor(1, "write")
        self._waiting: deque[Future[None]] = deque()

    def begin(self, conditions: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._records.begin(conditions)

    def find(self, variant: Variant, batch: Batch) -> list[Row] | None:
        """The rows of a batch that was made, or None."""
        rows = self._records.find(variant.name, batch.index)
        whole = rows is not None and all(self._is_whole(row) for row in rows)
        return rows if whole else None

    def keep(
        self,
        variant: Variant,
        batch: Batch,
        pictures: Sequence[Picture],
        facts: Sequence[Row],
    ) -> None:
        """Soon. What went wrong with writing earlier ones is raised here."""
        while len(self._waiting) >= _MOST_WAITING or (self._waiting and self._waiting[0].done()):
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(self._write, variant, batch, pictures, facts))

    def finish(self) -> None:
        while self._waiting:
            self._waiting.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)

    def _write(
        self,
        variant: Variant,
        batch: Batch,
        pictures: Sequence[Picture],
        facts: Sequence[Row],
    ) -> None:
        rows = []
        for picture, row in zip(pictures, facts, strict=True):
            data = encode(picture.pixels)
            path = self.folder / row["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)  # it may be linked from a folder that was published
            path.write_bytes(data)
            rows.append(row | {"sha256": hashlib.sha256(data).hexdigest()})
        self._records.keep(variant.name, batch.index, rows)

    def _is_whole(self, row: Row) -> bool:
        path = self.folder / row["file"]
        return path.is_file() and digests.of_file(path) == str(row["sha256"])
