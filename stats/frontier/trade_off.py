"""What every variant gained regionally and kept globally, beside the base: from the facts of one
benchmark over both scopes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stats.frontier import retention
from stats.frontier.grp import Qualities
from stats.frontier.retention import Recommendation
from stats.frontier.scales import SCOPES, ScoresWrong


@dataclass(frozen=True, kw_only=True)
class Row:
    variant: str
    beta: float
    score_global: float | None  # per cent, as the benchmark scores: of answers, of MRR@10
    score_regional: float | None
    retention: Mapping[str, Any] | None  # global, as a share of the base's; none for the base
    gain: Mapping[str, Any] | None  # regional, as a share of the base's, minus 1


def list_rows(
    measured: Sequence[Mapping[str, Any]], effects: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """By beta; nothing where not every variant has a beta and was measured on both scopes."""
    scores = {(each["variant"], each["scope"]): each["score"] for each in measured}
    betas = {each["variant"]: each["beta"] for each in measured}
    if None in betas.values() or scores.keys() != {
        (name, scope) for name in betas for scope in SCOPES
    }:
        return []
    ratios = {(each["variant"], each["scope"]): each["ratio"] for each in effects}
    return [
        Row(
            variant=variant,
            beta=beta,
            score_global=scores[variant, "global"],
            score_regional=scores[variant, "regional"],
            retention=ratios.get((variant, "global")),
            gain=_subtract_one(ratios.get((variant, "regional"))),
        )
        for variant, beta in sorted(betas.items(), key=lambda each: each[1])
    ]


def recommend(rows: Sequence[Row]) -> Recommendation:
    """By the retention rule. Raises ScoresWrong."""
    qualities = []
    for row in rows:
        if row.score_global is None or row.score_regional is None:
            raise ScoresWrong(
                f"Nothing of '{row.variant}' could be scored on one of both scopes: the variants "
                "cannot be compared."
            )
        qualities.append(Qualities(row.variant, row.beta, row.score_global, row.score_regional))
    return retention.recommend(qualities)


def _subtract_one(ratio: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A ratio of 1.2 is a gain of 0.2; the reason of one that is undefined stays."""
    if ratio is None:
        return None
    return {name: value - 1 if isinstance(value, float) else value for name, value in ratio.items()}
