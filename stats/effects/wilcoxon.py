"""Wilcoxon's signed-rank test of the prompts' differences (Wilcoxon 1945).

Prompts without a difference are ranked with the others and then dropped, as in Pratt (1959),
Journal of the American Statistical Association 54, 655-667: leaving them out first would make the
test the surer the more prompts show nothing. Exact where nothing is 0 or tied and there are at most
50 prompts; otherwise by the normal approximation, corrected for ties.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from stats.effects.clustered import NO_PROMPT
from stats.estimate import Estimate, undefined
from stats.labels import Numbers

_MOST_EXACT = 50
_DECIMALS = 12  # sizes that differ only by rounding are tied


@dataclass(frozen=True, kw_only=True)
class Wilcoxon:
    p_value: Estimate
    num_zeros: int
    method: Literal["exact", "normal approximation", ""]


def compute(difference_p: Numbers) -> Wilcoxon:
    rounded = difference_p.round(_DECIMALS)
    num_zeros = int((rounded == 0).sum())
    if num_zeros == len(rounded):
        reason = "no prompt differs" if num_zeros else NO_PROMPT
        return Wilcoxon(p_value=undefined(reason), num_zeros=num_zeros, method="")
    is_tied = len(np.unique(np.abs(rounded))) < len(rounded)
    is_exact = not num_zeros and not is_tied and len(rounded) <= _MOST_EXACT
    found = stats.wilcoxon(rounded, zero_method="pratt", method="exact" if is_exact else "approx")
    return Wilcoxon(
        p_value=Estimate(value=float(found.pvalue)),
        num_zeros=num_zeros,
        method="exact" if is_exact else "normal approximation",
    )
