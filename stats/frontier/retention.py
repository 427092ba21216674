"""The retention rule: the largest regional gain among variants that keep enough global quality.

GRP adds two qualities up, so that a large regional gain can pay for any global loss. This rule
does not let it: what was promised to stay, stays, and among what is left the region decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stats.frontier.grp import Qualities
from stats.frontier.scales import ScoresWrong
from stats.tables import show

AT_LEAST = 0.98


@dataclass(frozen=True, kw_only=True)
class Judged:
    variant: str
    beta: float
    retention: float  # global quality as a share of the base's
    gain: float  # regional quality above the base's
    is_kept: bool  # whether it retains enough


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    variant: str  # the base itself when nothing is better
    beta: float
    reason: str
    at_least: float
    judged: tuple[Judged, ...]


def recommend(
    rows: Sequence[Qualities], at_least: float = AT_LEAST, *, base: str | None = None
) -> Recommendation:
    """The base is named, or else the one variant of beta 0."""
    if not 0 < at_least <= 1:
        raise ScoresWrong(f"What is to be kept is a share, above 0 and up to 1, not {at_least:g}.")
    stays = _find_base(rows, base)
    judged = tuple(_judge(row, stays, at_least) for row in rows if row is not stays)
    gaining = [each for each in judged if each.is_kept and each.gain > 0]
    # Of equal gains, the variant that changes the least.
    best = min(gaining, key=lambda each: (-each.gain, each.beta), default=None)
    return Recommendation(
        variant=best.variant if best else stays.variant,
        beta=best.beta if best else stays.beta,
        reason=_explain(best, stays, judged, at_least),
        at_least=at_least,
        judged=judged,
    )


def _find_base(rows: Sequence[Qualities], name: str | None) -> Qualities:
    found = [row for row in rows if (row.beta == 0 if name is None else row.variant == name)]
    if len(found) != 1 and name is not None:
        raise ScoresWrong(f"There is no variant '{show(name)}' to be the base.")
    if len(found) != 1:
        raise ScoresWrong(
            f"Retention is measured against one variant of beta 0; there are {len(found)}."
        )
    if found[0].q_global <= 0:
        raise ScoresWrong(
            f"The base's global quality is {found[0].q_global:g}: a share of it says nothing."
        )
    return found[0]


def _judge(row: Qualities, base: Qualities, at_least: float) -> Judged:
    retention = row.q_global / base.q_global
    return Judged(
        variant=row.variant,
        beta=row.beta,
        retention=retention,
        gain=row.q_regional - base.q_regional,
        is_kept=retention >= at_least,
    )


def _explain(
    best: Judged | None, base: Qualities, judged: Sequence[Judged], at_least: float
) -> str:
    kept = [each for each in judged if each.is_kept]
    if best is not None:
        return (
            f"'{show(best.variant)}' has the largest regional gain ({best.gain:+.4g}) of the "
            f"{len(kept)} of {len(judged)} variants that keep at least {at_least:.4g} of the "
            f"base's global quality; it keeps {best.retention:.4g}."
        )
    stays = f"'{show(base.variant)}' stays"
    if not judged:
        return f"{stays}: there is no other variant."
    if not kept:
        most = max(judged, key=lambda each: each.retention)
        return (
            f"{stays}: no variant keeps at least {at_least:.4g} of its global quality; "
            f"'{show(most.variant)}' comes nearest and keeps {most.retention:.4g}."
        )
    return (
        f"{stays}: of the {len(kept)} that keep at least {at_least:.4g} of its global "
        "quality, none is better regionally."
    )
