"""What a stage is, and what it may use.

A module in `ml.filtering.stages` has one function `build(spec, tools, saved)`, which gives a
`Stage`. `saved` is what its `mark` gave when the work was last saved, None at the beginning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ml.filtering.decoding import Look
from ml.filtering.problems import UnfitFilter
from ml.filtering.rows import Reason, Row
from ml.loading import encoders
from ml.loading.encoders import Encoder, Vectors
from ml.progress import Progress
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.region import Region

Judge = Callable[[Sequence[Row]], list[Reason | None]]

_EMBEDDING = "embedding"
# Rows between two questions whether to stop; a processor takes a tenth of a second for each.
_ROWS_AT_ONCE = 8


def _nothing() -> None: ...


def _nothing_more(position: int) -> Mapping[str, Any]:  # noqa: ARG001 - the form of `complete`
    return {}


def _no_report() -> dict[str, Any]:
    return {}


def _no_notes() -> Sequence[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Stage:
    judge: Judge  # of rows that are still there: one answer per row, None to keep it
    columns: tuple[pa.Field, ...] = ()  # that it adds to the rows it keeps
    looks: Mapping[str, Look] = field(default_factory=dict)  # what it needs made of each picture
    side: int = 1  # pixels of the shorter side that its looks need
    mark: Callable[[], Any] = _nothing  # JSON from which `build` goes on
    # What is known of a kept row at the end only, by its position: values of the columns.
    complete: Callable[[int], Mapping[str, Any]] = _nothing_more
    report: Callable[[], dict[str, Any]] = _no_report  # for the data card, at the end
    notes: Callable[[], Sequence[str]] = _no_notes  # sentences for it, at the end as well
    close: Callable[[], None] = _nothing
    models: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tools:
    spec: DatasetFilter
    region: Region | None
    state_dir: Path
    progress: Progress
    licence: str = ""  # of rows that name none
    given: Mapping[str, Path] = field(default_factory=dict)  # inputs besides the data set

    @cached_property
    def encoder(self) -> Encoder:
        return self.open_encoder("encoder")

    def open_encoder(self, name: str) -> Encoder:
        """The run has checked that what stages need was given."""
        return encoders.open_encoder(
            self.given[name], device=self.spec.device, batch_size=self.rows_at_once
        )

    @property
    def rows_at_once(self) -> int:
        """That a model computes together."""
        is_cpu = self.spec.device == "cpu"
        return min(_ROWS_AT_ONCE, self.spec.batch_size) if is_cpu else self.spec.batch_size

    def split(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """Into what a model computes together, with a question whether to stop before each."""
        for start in range(0, len(rows), self.rows_at_once):
            self.progress.check()
            yield rows[start : start + self.rows_at_once]

    def need_region(self, stage: str) -> Region:
        if self.region is None:
            raise UnfitFilter(f"The stage '{stage}' needs a region; none was given.")
        return self.region

    def embed(self, rows: Sequence[Row], encoder: Encoder, name: str) -> Vectors:
        """Of pictures prepared under this name. Computed once per row, whoever asks."""
        kept = f"{name}.{_EMBEDDING}"
        missing = [row for row in rows if kept not in row.looks]
        for few in self.split(missing):
            vectors = encoder.embed_pixels([row.looks[name] for row in few])
            for row, vector in zip(few, vectors, strict=True):
                row.looks[kept] = vector
        return np.stack([row.looks[kept] for row in rows])
