"""A number as it is shown and stored: with its interval, what it is, and on what it stands."""

from dataclasses import dataclass
from typing import Any

from stats.estimate import Estimate


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a number was computed from."""

    n_prompts: int
    n_raters: int | None = None  # none where nobody was asked
    n_ratings: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    estimate: Estimate
    definition: str
    basis: Basis
    num_resamples: int | None = None  # or draws, where something is drawn
    seed: int | None = None

    @property
    def value(self) -> float | None:
        return self.estimate.value

    def to_json(self) -> dict[str, Any]:
        return {
            "value": self.estimate.value,
            "low": self.estimate.low,
            "high": self.estimate.high,
            "reason": self.estimate.reason,
            "definition": self.definition,
            "n_prompts": self.basis.n_prompts,
            "n_raters": self.basis.n_raters,
            "n_ratings": self.basis.n_ratings,
            "B": self.num_resamples,
            "seed": self.seed,
        }
