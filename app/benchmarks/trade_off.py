"""Which merge a run of a benchmark speaks for, and what each of them gains and keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stats.frontier import trade_off
from stats.frontier.retention import Judged, Recommendation
from stats.frontier.scales import ScoresWrong
from stats.frontier.trade_off import Row


@dataclass(frozen=True, kw_only=True)
class View:
    rows: Sequence[Row]
    choice: Recommendation | None
    why_not: str  # in English; why none can be recommended
    confidence: float
    num_resamples: int

    @property
    def kept(self) -> Sequence[Judged]:
        return [each for each in self.choice.judged if each.is_kept] if self.choice else []

    @property
    def nearest(self) -> Judged:
        """The one that keeps the most, where none keeps enough."""
        assert self.choice is not None, "Asked where there is a choice."
        return max(self.choice.judged, key=lambda each: each.retention)

    @property
    def chosen(self) -> Judged | None:
        """None: the base stays."""
        judged = self.choice.judged if self.choice else ()
        named = self.choice.variant if self.choice else None
        return next((each for each in judged if each.variant == named), None)


def make_view(result: Mapping[str, Any]) -> View | None:
    """None where only one scope was measured, or nothing beside the base."""
    effects = result.get("effects", [])
    rows = trade_off.list_rows(result.get("variants", []), effects)
    if not rows or not effects:
        return None
    choice: Recommendation | None = None
    why_not = ""
    try:
        choice = trade_off.recommend(rows)
    except ScoresWrong as error:
        why_not = str(error)
    return View(
        rows=rows,
        choice=choice,
        why_not=why_not,
        confidence=effects[0]["confidence"],
        num_resamples=effects[0]["num_resamples"],
    )
