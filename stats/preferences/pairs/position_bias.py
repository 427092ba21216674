"""Whether the left output wins more often than the right one, whatever it is.

Positions are drawn so that each arm stands left as often as right. Then the left one wins half of
the decided votes, unless raters lean to a side: an exact binomial test, and the share with the
two-way cluster-robust interval of prompts and raters.

Legend of shapes: n decided votes.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from stats.estimate import Estimate, undefined
from stats.figures import Basis
from stats.preferences.pairs import shares
from stats.preferences.pairs.votes import LEFT, TIE, Votes


@dataclass(frozen=True, kw_only=True)
class PositionBias:
    left_share: Estimate
    p_value: Estimate
    num_left: int
    basis: Basis  # decided votes


def measure(votes: Votes, *, confidence: float = 0.95) -> PositionBias:
    decided = votes.select(votes.outcome_n != TIE)
    if len(decided) == 0:
        nothing = undefined("no vote was decided")
        return PositionBias(left_share=nothing, p_value=nothing, num_left=0, basis=decided.basis)
    is_left = decided.outcome_n == LEFT
    return PositionBias(
        left_share=shares.estimate(is_left.astype(np.float64), decided, confidence=confidence),
        p_value=Estimate(value=float(stats.binomtest(int(is_left.sum()), len(decided)).pvalue)),
        num_left=int(is_left.sum()),
        basis=decided.basis,
    )
