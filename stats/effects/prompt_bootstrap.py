"""The bootstrap over prompts: what the mean difference would be on other prompts like these, rated
by the same raters. Percentile intervals (Efron and Tibshirani 1993, 13.3).

Prompts with the same difference are drawn together; on a scale of a few levels there are many.

Legend of shapes: p prompts, d distinct differences, b resamples.
"""

import numpy as np

from stats.effects.clustered import NO_PROMPT, NO_VARIATION
from stats.estimate import Estimate, undefined
from stats.labels import Numbers
from stats.resampling import NUM_RESAMPLES, draw, take_percentiles


def estimate_mean(
    difference_p: Numbers,
    *,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    num_prompts = len(difference_p)
    if num_prompts == 0:
        return undefined(NO_PROMPT)
    value = float(difference_p.mean())
    if num_prompts == 1:
        return Estimate(value=value, reason="1 prompt has no spread")
    # Rounded, for thirds come out a bit apart from one another.
    distinct_d, times_d = np.unique(difference_p.round(12), return_counts=True)
    if len(distinct_d) == 1:
        return Estimate(value=value, reason=NO_VARIATION)
    means_b = np.empty(num_resamples)
    for place, drawn_bd in draw(times_d, num_resamples, seed):
        means_b[place] = drawn_bd @ distinct_d / num_prompts
    return take_percentiles(value, means_b, confidence)
