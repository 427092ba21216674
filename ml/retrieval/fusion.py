"""Joins ranks by words and ranks by vectors: reciprocal-rank fusion (Cormack et al., 2009).

    score(c) = sum over the lists that have c of 1 / (k + rank of c in it), ranks from 1

Of equal scores the one with the better best rank is first, then the one that the first list ranks
better, then the smaller row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

RRF_K = 60


@dataclass(frozen=True, kw_only=True)
class Fused:
    row: int
    score: float
    ranks: tuple[int | None, ...]  # in each list; None where it is not in it


def fuse(lists: Sequence[Sequence[int]], *, k: int = RRF_K) -> list[Fused]:
    """Each list holds rows, best first, none twice."""
    places = [{row: rank for rank, row in enumerate(ranked, 1)} for ranked in lists]
    rows = dict.fromkeys(row for ranked in lists for row in ranked)
    found = [_join(row, tuple(place.get(row) for place in places), k) for row in rows]
    return sorted(found, key=_order)


def _join(row: int, ranks: tuple[int | None, ...], k: int) -> Fused:
    score = sum(1 / (k + rank) for rank in ranks if rank is not None)
    return Fused(row=row, score=score, ranks=ranks)


def _order(fused: Fused) -> tuple[float, float, float, int]:
    known = [rank for rank in fused.ranks if rank is not None]
    first = fused.ranks[0]
    # Sums of the same fractions in another order differ in the last bits.
    return (-round(fused.score, 12), min(known), first or float("inf"), fused.row)
