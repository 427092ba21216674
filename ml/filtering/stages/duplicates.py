"""Near duplicates: a hash proposes, a second look confirms, the first of each group is kept.

A row is compared with kept rows only, never with rejected ones, so that groups are not chained:
every member of a group resembles the one that represents it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ml.filtering.likeness import hashing
from ml.filtering.likeness.representatives import NumberFile, Representatives
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from specs.filters.duplicates import NearDuplicates

TINY, HASH, ENCODER = "duplicates.tiny", "duplicates.hash", "encoder"
COLUMN = "num_duplicates"
_LOOKED_AT_ONCE = 256  # kept pictures that are compared with one


def build(spec: NearDuplicates, tools: Tools, saved: Any) -> Stage:
    by_embedding = spec.confirm == "embedding"
    finder = _Finder(spec, tools, saved or {})
    looks: dict[str, Callable[[Image.Image], Any]] = {TINY: hashing.shrink}
    if by_embedding:
        looks[ENCODER] = tools.encoder.prepare
    return Stage(
        judge=finder.judge,
        columns=(pa.field(COLUMN, pa.int32()),),
        looks=looks,
        side=max(2 * hashing.SIDE, tools.encoder.side if by_embedding else 0),
        mark=finder.mark,
        close=finder.close,
        complete=finder.complete,
        models=(tools.encoder.describe(),) if by_embedding else (),
    )


class _Finder:
    def __init__(self, spec: NearDuplicates, tools: Tools, saved: dict[str, Any]) -> None:
        self.spec = spec
        self.tools = tools
        self.by_embedding = spec.confirm == "embedding"
        self.kept: Representatives | None = None
        self.saved_count = int(saved.get("count", 0))
        # The position of the kept row, once for each that was rejected for resembling it.
        self.hits = NumberFile(tools.state_dir / "duplicates.bin", int(saved.get("hits", 0)))

    def judge(self, rows: Sequence[Row]) -> list[Reason | None]:
        return [
            self._judge_row(row, look)
            for row, look in zip(rows, self._list_looks(rows), strict=True)
        ]

    def _list_looks(self, rows: Sequence[Row]) -> Sequence[NDArray[Any]]:
        if not rows or not self.by_embedding:
            return [row.looks[TINY] for row in rows]
        return list(self.tools.embed(rows, self.tools.encoder, ENCODER).astype(np.float16))

    def _judge_row(self, row: Row, look: NDArray[Any]) -> Reason | None:
        kept = self._open(look)
        value = hashing.hash_tiny(row.looks[TINY])
        indices, distances = kept.index.search(value)
        for start in range(0, len(indices), _LOOKED_AT_ONCE):
            few = indices[start : start + _LOOKED_AT_ONCE].tolist()
            confirmed, measure = self._confirm(look, kept.read_looks(few))
            if confirmed.any():
                at = int(confirmed.argmax())
                return self._reject(few[at], int(distances[start + at]), float(measure[at]))
        kept.add(value, position=row.position, key=row.raw.key, look=look)
        row.extra[COLUMN] = 0  # completed at the end
        return None

    def _open(self, look: NDArray[Any]) -> Representatives:
        if self.kept is None:
            self.kept = Representatives(
                self.tools.state_dir / "representatives.bin",
                look_dtype=look.dtype.str,
                look_shape=look.shape,
                max_distance=self.spec.max_distance,
                count=self.saved_count,
            )
        return self.kept

    def _confirm(
        self, look: NDArray[Any], others: NDArray[Any]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        if self.by_embedding:
            cosines = others.astype(np.float64) @ look.astype(np.float64)
            return cosines >= self.spec.min_cosine, cosines
        differences = hashing.mean_difference(look, others)
        local = hashing.local_difference(look, others)
        is_same = (differences <= self.spec.max_difference) & (
            local <= self.spec.max_local_difference
        )
        return is_same, differences

    def _reject(self, index: int, distance: int, measure: float) -> Reason:
        assert self.kept is not None
        same = self.kept.read_kept(index)
        self.hits.append(same.position)
        how = "cosine" if self.by_embedding else "mean difference"
        return Reason(
            "near_duplicate",
            f"Nearly the same picture as '{same.key}': {distance} of 64 bits of the hash differ, "
            f"{how} {measure:.3g}.",
            of=same.key,
        )

    def mark(self) -> dict[str, int]:
        count = len(self.kept) if self.kept is not None else self.saved_count
        return {"count": count, "hits": len(self.hits)}

    def close(self) -> None:
        self.hits.close()
        if self.kept is not None:
            self.kept.close()

    @cached_property
    def counts(self) -> dict[int, int]:
        positions, counts = np.unique(self.hits.read(), return_counts=True)
        return dict(zip(positions.tolist(), counts.tolist(), strict=True))

    def complete(self, position: int) -> dict[str, Any]:
        return {COLUMN: self.counts.get(position, 0)}
