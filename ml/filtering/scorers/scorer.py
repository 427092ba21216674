from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ml.filtering.decoding import Look
from ml.filtering.rows import Reason, Row


def _cut_none(rows: Sequence[Row]) -> int:  # noqa: ARG001 - the form of `count_cut`
    return 0


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """Anything that gives a row a number, higher when people would like it more."""

    score: Callable[[Sequence[Row]], list[float | Reason]]  # a reason where it has no score
    looks: Mapping[str, Look] = field(default_factory=dict)
    side: int = 1
    model: Mapping[str, Any] | None = None
    count_cut: Callable[[Sequence[Row]], int] = _cut_none  # captions whose ends it does not see
