"""The interval that takes every rating for independent of every other. Shown to be compared with.

Welch's: the difference of the means of all ratings, by the normal approximation. It knows neither
that prompts are paired nor that raters differ, and covers too seldom where they do.
"""

import math
from statistics import NormalDist

from stats.effects.clustered import NO_PROMPT, NO_VARIATION
from stats.effects.pairing import Paired
from stats.estimate import Estimate, undefined


def estimate_difference(paired: Paired, *, confidence: float = 0.95) -> Estimate:
    if paired.num_prompts == 0:
        return undefined(NO_PROMPT)
    own, other = paired.value_n[paired.is_arm_n], paired.value_n[~paired.is_arm_n]
    value = float(own.mean() - other.mean())
    if min(len(own), len(other)) < 2:  # noqa: PLR2004 - one rating has no spread
        return Estimate(value=value, reason="1 rating has no spread")
    variance = float(own.var(ddof=1) / len(own) + other.var(ddof=1) / len(other))
    if variance == 0:
        return Estimate(value=value, reason=NO_VARIATION)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance)
    return Estimate(value=value, low=value - half, high=value + half)
