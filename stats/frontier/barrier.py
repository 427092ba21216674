"""How high the hill is between two models that a merge interpolates (arXiv 1912.05671).

    barrier = max over beta of loss(beta) - ((1 - beta) * loss(0) + beta * loss(1))

A barrier of 0 says that no merge is worse than the straight line between both ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class CurveWrong(ValueError):
    """A curve whose ends are not known."""


@dataclass(frozen=True)
class Barrier:
    height: float
    beta: float  # where it is highest; the smallest of several


def measure(losses: Mapping[float, float]) -> Barrier:
    """`losses` by beta; those at 0 and 1 are the ends. Smaller is better."""
    missing = [end for end in (0.0, 1.0) if end not in losses]
    if missing:
        raise CurveWrong(f"A barrier needs the loss at beta 0 and at beta 1; {missing[0]:g} lacks.")
    first, last = losses[0.0], losses[1.0]
    above = {beta: loss - ((1 - beta) * first + beta * last) for beta, loss in losses.items()}
    highest = min(above, key=lambda beta: (-above[beta], beta))
    return Barrier(above[highest], highest)
