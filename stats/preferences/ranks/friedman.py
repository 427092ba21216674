"""Friedman's test (1937, Journal of the American Statistical Association 32, 675-701): whether arms
differ at all.

A prompt is a block: its raters' ranks are averaged first, for those of one prompt are not
independent of each other. Corrected for ties; p by the chi-squared distribution. Beside it
Kendall's W, from 0 (no order) to 1 (the same order on every prompt).

Legend of shapes: p prompts, a arms.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from stats.estimate import Estimate, undefined
from stats.labels import Numbers, compact
from stats.preferences.ranks.mean_rank import NO_RANKING
from stats.preferences.ranks.rankings import Complete

_FEWEST_ARMS = 3
_FEWEST_PROMPTS = 2


@dataclass(frozen=True, kw_only=True)
class Friedman:
    chi_squared: Estimate
    p_value: Estimate
    kendalls_w: Estimate


def compute(complete: Complete) -> Friedman:
    num_arms = complete.rank_ka.shape[1]
    prompt_k, num_prompts = compact(complete.prompt_k)
    if num_prompts == 0:
        return _without(NO_RANKING)
    if num_arms < _FEWEST_ARMS:
        return _without(f"it is for at least {_FEWEST_ARMS} arms; there are {num_arms}")
    if num_prompts < _FEWEST_PROMPTS:
        return _without("1 prompt has no spread")
    sums_pa = np.zeros((num_prompts, num_arms))
    np.add.at(sums_pa, prompt_k, complete.rank_ka)
    return compute_from_blocks(sums_pa / np.bincount(prompt_k)[:, None])


def compute_from_blocks(value_pa: Numbers) -> Friedman:
    # Rounded, for means of thirds come out a bit apart from one another.
    rounded_pa = value_pa.round(12)
    if (rounded_pa == rounded_pa[:, :1]).all():
        return _without("no variation")
    found = stats.friedmanchisquare(*rounded_pa.T)
    num_prompts, num_arms = value_pa.shape
    chi_squared = float(found.statistic)
    return Friedman(
        chi_squared=Estimate(value=chi_squared),
        p_value=Estimate(value=float(found.pvalue)),
        kendalls_w=Estimate(value=chi_squared / (num_prompts * (num_arms - 1))),
    )


def _without(reason: str) -> Friedman:
    nothing = undefined(reason)
    return Friedman(chi_squared=nothing, p_value=nothing, kendalls_w=nothing)
