"""What an average hides: a method that is the better one on average and the worse one somewhere.

The rule. Of two methods A and B of one teacher, A's average over seeds is above B's; yet in a
place, which is a task in one language or a task as a whole, B's mean over seeds is above A's by
more than the spread over seeds: by more than the larger of the two methods' spreads there (largest
minus smallest seed), and by more than what a single query, question or sentence is worth. For two
seeds this means that each of B's is above each of A's. With one seed nothing can be told.

The spread over seeds says how training varies, not how the questions would. Where many places are
compared, some are beyond the spread by chance: how many were looked at stands beside what was
found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import permutations
from typing import Any

from stats.distillation.averages import Average
from stats.distillation.cells import Cell
from stats.distillation.measures import SPEAKING
from stats.distillation.rows import TEACHER

_ROUNDING = 1e-9  # a difference of exactly one item is none, whatever its last bits


@dataclass(frozen=True, kw_only=True)
class TradeOff:
    teacher: str
    better: str  # on average
    worse: str  # on average, and the better one here
    better_average: float
    worse_average: float
    task: str
    measure: str
    language: str
    better_value: float  # here, of the one that is better on average
    worse_value: float
    better_share: float | None  # of the teacher's, here
    worse_share: float | None
    spread: float  # the larger one of the two

    @property
    def difference(self) -> float:
        return self.worse_value - self.better_value

    @property
    def difference_of_shares(self) -> float:
        if self.better_share is None or self.worse_share is None:
            return 0.0
        return self.worse_share - self.better_share

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"difference": self.difference}


@dataclass(frozen=True, kw_only=True)
class TradeOffs:
    """Those that appeared, the largest difference in shares of the teacher's first."""

    found: tuple[TradeOff, ...]
    num_compared: int  # pairs of methods, each in each place

    def to_json(self) -> dict[str, Any]:
        return {
            "num_compared": self.num_compared,
            "found": [each.to_json() for each in self.found],
        }


def find(cells: Sequence[Cell], averages: Sequence[Average]) -> TradeOffs:
    compared = list(_compare(cells, averages))
    found = [each for each, appears in compared if appears]
    found.sort(key=lambda each: each.difference_of_shares, reverse=True)
    return TradeOffs(found=tuple(found), num_compared=len(compared))


def _compare(cells: Sequence[Cell], averages: Sequence[Average]) -> Iterator[tuple[TradeOff, bool]]:
    placed = {
        (cell.teacher, cell.method, cell.place): cell
        for cell in cells
        if SPEAKING.get(cell.task) == cell.measure
    }
    places = list(dict.fromkeys((teacher, place) for teacher, _, place in placed))
    for one, other in permutations([each for each in averages if each.method != TEACHER], 2):
        if one.teacher != other.teacher or one.mean <= other.mean:
            continue
        for teacher, place in places:
            better = placed.get((teacher, one.method, place))
            worse = placed.get((teacher, other.method, place))
            if teacher == one.teacher and better is not None and worse is not None:
                yield _describe(one, other, better, worse), _appears(better, worse)


def _appears(better: Cell, worse: Cell) -> bool:
    if better.spread is None or worse.spread is None:
        return False
    noise = max(better.spread, worse.spread, worse.one_item)
    return worse.mean - better.mean > noise + _ROUNDING


def _describe(one: Average, other: Average, better: Cell, worse: Cell) -> TradeOff:
    return TradeOff(
        teacher=one.teacher,
        better=one.method,
        worse=other.method,
        better_average=one.mean,
        worse_average=other.mean,
        task=better.task,
        measure=better.measure,
        language=better.language,
        better_value=better.mean,
        worse_value=worse.mean,
        better_share=better.share,
        worse_share=worse.share,
        spread=max(better.spread or 0.0, worse.spread or 0.0),
    )
