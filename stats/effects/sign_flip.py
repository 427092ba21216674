"""The sign-flip permutation test by prompt: if the arms were alike, each prompt's difference might
as well have had the other sign (Fisher 1935, The Design of Experiments, 21).

Two-sided: the share of sign patterns whose sum is at least as far from 0 as the one observed. All
patterns are counted where few prompts differ; otherwise patterns are drawn, and the observed one
counts among them, so that p is never 0 (Phipson and Smyth 2010).

Legend of shapes: p prompts that differ, m distinct sizes of a difference, s sign patterns.
"""

from dataclasses import dataclass

import numpy as np

from stats.effects.clustered import NO_PROMPT
from stats.estimate import Estimate, undefined
from stats.labels import Numbers

NUM_DRAWS = 9999
_MOST_EXACT = 16  # prompts that differ: 65,536 patterns
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class SignFlip:
    p_value: Estimate
    num_draws: int | None  # none where all patterns were counted
    seed: int | None


def compute(difference_p: Numbers, *, num_draws: int = NUM_DRAWS, seed: int = 0) -> SignFlip:
    if len(difference_p) == 0:
        return SignFlip(p_value=undefined(NO_PROMPT), num_draws=None, seed=None)
    # A difference of 0 is 0 with either sign.
    differing = difference_p[np.abs(difference_p) > _ROUNDING]
    if len(differing) == 0:
        return SignFlip(p_value=undefined("no prompt differs"), num_draws=None, seed=None)
    # As far as it, but for what rounding does to sums of thirds.
    observed = abs(float(differing.sum())) - _ROUNDING * float(np.abs(differing).sum())
    if len(differing) <= _MOST_EXACT:
        share = float((np.abs(_sum_all(differing)) >= observed).mean())
        return SignFlip(p_value=Estimate(value=share), num_draws=None, seed=None)
    drawn = _sum_drawn(differing, num_draws, seed)
    as_far = int((np.abs(drawn) >= observed).sum())
    p_value = (as_far + 1) / (num_draws + 1)
    return SignFlip(p_value=Estimate(value=p_value), num_draws=num_draws, seed=seed)


def _sum_all(difference_p: Numbers) -> Numbers:
    sums_s = np.zeros(1)
    for size in difference_p:
        sums_s = np.concatenate([sums_s + size, sums_s - size])
    return sums_s


def _sum_drawn(difference_p: Numbers, num_draws: int, seed: int) -> Numbers:
    """Of k prompts with one size, how many are positive is binomial: no need to flip each."""
    size_m, count_m = np.unique(np.abs(difference_p).round(12), return_counts=True)
    random = np.random.default_rng(seed)
    sums_s = np.zeros(num_draws)
    for size, count in zip(size_m, count_m, strict=True):
        sums_s += size * (2.0 * random.binomial(count, 0.5, num_draws) - count)
    return sums_s
