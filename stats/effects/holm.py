"""Holm's correction: p-values of a family of tests, so that the chance of any false alarm among all
of them stays below the level (Holm 1979, Scandinavian Journal of Statistics 6, 65-70).
"""

from collections.abc import Sequence


def adjust(p_values: Sequence[float | None]) -> list[float | None]:
    """In the order given. What is undefined stays so, and does not count in the family."""
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        adjusted[place] = highest
    return adjusted
