"""Puts metrics on one scale, so that their mean says something.

`none` takes values as they are, and refuses metrics that declare different bounds. `bounds` is
100 * (value - lo) / (hi - lo). `base` is 100 * value / the base variant's value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from stats.tables import show

Scope = Literal["global", "regional"]
Scale = Literal["none", "bounds", "base"]
SCOPES: tuple[Scope, ...] = ("global", "regional")
# Beyond this a number is a mistake, and sums of such numbers are no numbers any more.
_LARGEST = 1e100


class ScoresWrong(ValueError):
    """Scores that cannot be weighed, and why."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One metric of one variant. `beta` is the share of regional weights in it."""

    variant: str
    beta: float
    scope: Scope
    metric: str
    value: float
    lo: float | None = None
    hi: float | None = None

    def __post_init__(self) -> None:
        numbers = {"beta": self.beta, "value": self.value, "lo": self.lo, "hi": self.hi}
        for name, number in numbers.items():
            if number is not None and not math.isfinite(number):
                raise ScoresWrong(f"{self}: {name} is {number}, which is no number to weigh.")
            if number is not None and abs(number) > _LARGEST:
                raise ScoresWrong(f"{self}: {name} is {number:g}, beyond {_LARGEST:g}.")
        if not 0 <= self.beta <= 1:
            raise ScoresWrong(f"{self}: beta is {self.beta:g}, not between 0 and 1.")
        if (self.lo is None) != (self.hi is None):
            raise ScoresWrong(f"{self}: of lo and hi only one is given.")
        if self.lo is not None and self.hi is not None:
            self._check_bounds(self.lo, self.hi)

    def _check_bounds(self, lo: float, hi: float) -> None:
        if lo >= hi:
            raise ScoresWrong(f"{self}: lo {lo:g} is not below hi {hi:g}.")
        if not lo <= self.value <= hi:
            raise ScoresWrong(f"{self}: {self.value:g} is outside its bounds, {lo:g} to {hi:g}.")

    @property
    def bounds(self) -> tuple[float, float] | None:
        return None if self.lo is None or self.hi is None else (self.lo, self.hi)

    def __str__(self) -> str:
        return f"The {self.scope} metric '{show(self.metric)}' of '{show(self.variant)}'"


def rescale(scores: Sequence[Score], scale: Scale) -> list[float]:
    """The value of each on one scale, in order."""
    return _SCALES[scale](scores)


def _take_as_given(scores: Sequence[Score]) -> list[float]:
    declared = {each.bounds for each in scores}
    if len(declared) > 1:
        told = ", ".join(sorted(map(_describe, declared)))
        raise ScoresWrong(
            f"The metrics are on different scales ({told}), so that a mean of them says nothing: "
            "choose the scale 'bounds' or 'base'."
        )
    return [each.value for each in scores]


def _rescale_by_bounds(scores: Sequence[Score]) -> list[float]:
    return [_rescale_one(each) for each in scores]


def _rescale_one(score: Score) -> float:
    if score.bounds is None:
        raise ScoresWrong(f"{score} has no lo and hi, which the scale 'bounds' needs.")
    lo, hi = score.bounds
    return 100 * ((score.value - lo) / (hi - lo))


def _rescale_by_base(scores: Sequence[Score]) -> list[float]:
    base = _find_base_values(scores)
    found = []
    for each in scores:
        reference = base.get((each.scope, each.metric))
        if reference is None:
            raise ScoresWrong(
                f"The base (beta 0) has no {each.scope} metric '{show(each.metric)}', which the "
                f"scale 'base' needs for '{show(each.variant)}'."
            )
        if reference <= 0:
            raise ScoresWrong(
                f"The base's {each.scope} metric '{show(each.metric)}' is {reference:g}: a share "
                "of it says nothing."
            )
        share = 100 * (each.value / reference)  # the base itself is exactly 100
        if abs(share) > _LARGEST:
            raise ScoresWrong(
                f"{each} is {each.value:g} and the base's {reference:g}: a share of it says "
                "nothing."
            )
        found.append(share)
    return found


def _find_base_values(scores: Sequence[Score]) -> Mapping[tuple[str, str], float]:
    names = sorted({each.variant for each in scores if each.beta == 0})
    if len(names) != 1:
        there = ", ".join(f"'{show(name)}'" for name in names) or "none"
        raise ScoresWrong(
            f"The scale 'base' needs exactly one variant of beta 0; there is {there}."
        )
    return {(each.scope, each.metric): each.value for each in scores if each.beta == 0}


def _describe(bounds: tuple[float, float] | None) -> str:
    return "undeclared" if bounds is None else f"{bounds[0]:g} to {bounds[1]:g}"


_SCALES: Mapping[Scale, Callable[[Sequence[Score]], list[float]]] = {
    "none": _take_as_given,
    "bounds": _rescale_by_bounds,
    "base": _rescale_by_base,
}
