"""Decodes each picture once, in threads ahead of the models, and makes of it what stages ask for.

Python's lock is left free while PIL works, so that several pictures are decoded at once.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from PIL import Image

from ml.datasets import pictures
from ml.datasets.pictures import Limits
from ml.datasets.problems import UnfitItem
from ml.filtering import reading
from ml.filtering.rows import PictureFacts, Reason, Row
from specs.filters.decode import Decode

Look = Callable[[Image.Image], Any]
MOST_THREADS = 8


@dataclass(frozen=True, kw_only=True)
class Decoder:
    spec: Decode
    root: Path
    looks: Mapping[str, Look]
    side: int  # pixels of the shorter side that the looks need at most

    @property
    def limits(self) -> Limits:
        return Limits(
            max_file_bytes=int(self.spec.max_file_mb * 1e6),
            max_pixels=int(self.spec.max_megapixels * 1e6),
        )

    def decode(self, row: Row) -> Reason | None:
        """Fills in the row's bytes, facts and looks, unless there is a reason not to."""
        try:
            row.data = reading.load_picture(self.root, row, self.limits)
            opened = pictures.open_small(row.data, self.limits, side=self.side)
        except UnfitItem as unfit:
            return Reason(str(unfit.reason), str(unfit))
        unfit_shape = self._check_shape(opened.width, opened.height)
        if unfit_shape is not None:
            return unfit_shape
        row.facts = PictureFacts(
            width=opened.width,
            height=opened.height,
            format=opened.format,
            sha256=hashlib.sha256(row.data).hexdigest(),
        )
        row.looks = {name: look(opened.small) for name, look in self.looks.items()}
        return None

    def _check_shape(self, width: int, height: int) -> Reason | None:
        shorter, longer = sorted((width, height))
        if shorter < self.spec.min_side:
            return Reason(
                "small_picture",
                f"The picture is {width} x {height} pixels; its shorter side must have at least "
                f"{self.spec.min_side}.",
            )
        if longer > shorter * self.spec.max_aspect:
            return Reason(
                "odd_shape",
                f"The picture is {width} x {height} pixels; one side may be at most "
                f"{self.spec.max_aspect:g} times the other.",
            )
        return None


def count_threads() -> int:
    return min(MOST_THREADS, len(os.sched_getaffinity(0)))


class Ahead:
    """Threads that decode while somebody else computes."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._pool = ThreadPoolExecutor(count_threads(), "decode")

    def begin(self, row: Row) -> Future[Reason | None]:
        return self._pool.submit(self._decoder.decode, row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
