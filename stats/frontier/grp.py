"""GRP: global retention and regional performance in one number (arXiv 2604.11490).

    GRP(beta) = alpha * Q_global(beta) + (1 - alpha) * Q_regional(beta)

alpha is the weight of GLOBAL quality; beta is the share of regional weights in a variant, and
another thing altogether. Q of a scope is the unweighted mean of its metrics on one scale.

Where two variants have the same GRP, the one with the smaller beta is best, as it changes the
least; of equal betas the one that comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean
from typing import Any

from stats.frontier.scales import SCOPES, Scale, Score, ScoresWrong, rescale
from stats.tables import show


@dataclass(frozen=True)
class Qualities:
    """A variant's two means. Its GRP is a straight line over alpha."""

    variant: str
    beta: float
    q_global: float
    q_regional: float

    def grp(self, alpha: float) -> float:
        return alpha * self.q_global + (1 - alpha) * self.q_regional


@dataclass(frozen=True)
class Change:
    """From this alpha on, another variant is best."""

    alpha: float
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Grp:
    alpha: float
    scale: Scale
    rows: tuple[Qualities, ...]
    best: Qualities
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "alpha": self.alpha,
            "scale": self.scale,
            "rows": [
                {
                    "variant": row.variant,
                    "beta": row.beta,
                    "q_global": row.q_global,
                    "q_regional": row.q_regional,
                    "grp": row.grp(self.alpha),
                }
                for row in self.rows
            ],
            "best": {"variant": self.best.variant, "beta": self.best.beta},
            "beta_star": self.best.beta,
            "changes": [
                {"alpha": change.alpha, "from": change.before, "to": change.after}
                for change in self.changes
            ],
        }


def compute(scores: Sequence[Score], alpha: float, scale: Scale = "none") -> Grp:
    check_alpha(alpha)
    rows = average(scores, scale)
    return Grp(
        alpha=alpha,
        scale=scale,
        rows=tuple(rows),
        best=find_best(rows, alpha),
        changes=tuple(find_changes(rows)),
    )


def check_alpha(alpha: float) -> None:
    if not 0 <= alpha <= 1:
        raise ScoresWrong(f"alpha is the weight of global quality, from 0 to 1, not {alpha:g}.")


def average(scores: Sequence[Score], scale: Scale) -> list[Qualities]:
    """Both means of every variant, in the order in which variants come."""
    _check(scores)
    values = rescale(scores, scale)
    of: dict[str, dict[str, list[float]]] = {}
    for each, value in zip(scores, values, strict=True):
        of.setdefault(each.variant, {}).setdefault(each.scope, []).append(value)
    betas = {each.variant: each.beta for each in scores}
    return [
        Qualities(name, betas[name], fmean(scopes["global"]), fmean(scopes["regional"]))
        for name, scopes in of.items()
    ]


def find_best(rows: Sequence[Qualities], alpha: float) -> Qualities:
    return min(rows, key=lambda row: (-row.grp(alpha), row.beta))


def find_changes(rows: Sequence[Qualities]) -> list[Change]:
    """Every alpha strictly between 0 and 1 where the best variant changes, in order.

    From the best just above alpha 0 on, the next is the line that crosses the present one first;
    of those that cross at once the steepest, which is above the others from there on. Fractions,
    because rounding would lose a line where several nearly meet in one point.
    """
    best = min(rows, key=lambda row: (-row.q_regional, -_slope(row), row.beta))
    changes: list[Change] = []
    while crossings := [
        (alpha, -_slope(row), row.beta, number)
        for number, row in enumerate(rows)
        if _slope(row) > _slope(best) and (alpha := _cross(best, row)) < 1
    ]:
        alpha, _, _, number = min(crossings)
        changes.append(Change(float(alpha), best.variant, rows[number].variant))
        best = rows[number]
    return changes


def _slope(row: Qualities) -> Fraction:
    return Fraction(row.q_global) - Fraction(row.q_regional)


def _cross(flatter: Qualities, steeper: Qualities) -> Fraction:
    gap = Fraction(flatter.q_regional) - Fraction(steeper.q_regional)
    return gap / (_slope(steeper) - _slope(flatter))


def _check(scores: Sequence[Score]) -> None:
    if not scores:
        raise ScoresWrong("There are no scores.")
    betas: dict[str, float] = {}
    seen: set[tuple[str, str, str]] = set()
    for each in scores:
        if betas.setdefault(each.variant, each.beta) != each.beta:
            raise ScoresWrong(
                f"'{show(each.variant)}' has two betas: {betas[each.variant]:g} and {each.beta:g}."
            )
        if (each.variant, each.scope, each.metric) in seen:
            raise ScoresWrong(f"{each} is there twice.")
        seen.add((each.variant, each.scope, each.metric))
    for scope in SCOPES:
        _check_same_metrics(scores, scope, list(betas))


def _check_same_metrics(scores: Sequence[Score], scope: str, variants: Sequence[str]) -> None:
    """Means over different metrics are no comparison."""
    metrics = {
        name: {each.metric for each in scores if each.variant == name and each.scope == scope}
        for name in variants
    }
    everything = set().union(*metrics.values())
    for name, own in metrics.items():
        if not own:
            raise ScoresWrong(f"'{show(name)}' has no {scope} metric.")
        lacking = sorted(everything - own)
        if lacking:
            raise ScoresWrong(
                f"'{show(name)}' has no {scope} metric '{show(lacking[0])}', which others have."
            )
