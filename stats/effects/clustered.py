"""The prompt-paired mean difference with an interval that knows of prompts and of raters.

Two ratings vary together when they share the prompt or the rater, and both happen at once. The
variance of the mean is therefore that of sums by prompt, plus that of sums by rater, minus that of
sums by both, which was counted twice (Cameron, Gelbach and Miller 2011, Journal of Business and
Economic Statistics 29, 238-249). It is never taken below the larger of the first two. The interval
is Student's with the smaller number of clusters minus 1 degrees of freedom.

The residuals are those of a regression on the arm with an intercept for every prompt, each prompt
weighing alike: what a prompt does to both arms is no part of the difference. A prompt has few
ratings, so that its intercept takes part of a rater's own leaning away; what a rater's prompts have
in common (the second part minus the third) is enlarged by as much.

Legend of shapes: n ratings, p prompts, r raters.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from stats.effects.pairing import Paired
from stats.estimate import Estimate, undefined
from stats.labels import Codes, Numbers, compact, join

NO_PROMPT = "no prompt has ratings of both arms"
NO_VARIATION = "no variation"
_FEWEST = 2  # of clusters, for a spread among them
_NOTHING = 1e-24  # a variance below this is what rounding leaves of 0


@dataclass(frozen=True, kw_only=True)
class Variance:
    by_prompt: float
    by_rater: float
    by_both: float
    in_common: float  # the second minus the third, of residuals that lack nothing of the rater

    @property
    def total(self) -> float:
        return max(self.by_prompt + self.in_common, self.by_prompt, self.by_rater)


def estimate_difference(paired: Paired, *, confidence: float = 0.95) -> Estimate:
    if paired.num_prompts == 0:
        return undefined(NO_PROMPT)
    value = float(paired.difference_p.mean())
    variance = measure_paired_variance(paired)
    num_clusters = (paired.num_prompts, paired.num_raters)
    return _take_interval(value, variance.total, num_clusters, confidence)


def measure_paired_variance(paired: Paired) -> Variance:
    influence_n = influence(paired)
    own = measure_variance(influence_n, paired.prompt_n, paired.rater_n)
    whole = measure_variance(
        influence_n / _find_share_left(paired), paired.prompt_n, paired.rater_n
    )
    return replace(own, in_common=whole.by_rater - whole.by_both)


def _find_share_left(paired: Paired) -> Numbers:
    """Of each rating's rater, the share of a leaning that its prompt's intercept leaves.

    A rater's ratings enter the intercept with half their share of each side. Where a rater has the
    same share of both sides, the intercept falls out of the difference and takes nothing.
    """
    side_n = paired.prompt_n * 2 + paired.is_arm_n
    share_n = np.where(paired.is_arm_n, 1.0, -1.0) / np.bincount(side_n)[side_n]
    pair_n = join(paired.prompt_n, paired.rater_n)
    return np.asarray(1 - np.abs(np.bincount(pair_n, weights=share_n))[pair_n] / 2)


def estimate_mean(
    value_n: Numbers,
    prompt_n: Codes,
    rater_n: Codes,
    mean_p: Numbers,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The mean over prompts of `mean_p`, each prompt's mean of the values."""
    if len(mean_p) == 0:
        return undefined(NO_PROMPT)
    value = float(mean_p.mean())
    size_n = np.bincount(prompt_n)[prompt_n]
    influence_n = (value_n - value) / (len(mean_p) * size_n)
    return estimate(value, influence_n, prompt_n, rater_n, confidence=confidence)


def estimate_plain_mean(
    value_n: Numbers, prompt_n: Codes, rater_n: Codes, *, confidence: float = 0.95
) -> Estimate:
    """The mean of all values, each weighing alike."""
    if len(value_n) == 0:
        return undefined("there is nothing to average")
    value = float(value_n.mean())
    influence_n = np.asarray((value_n - value) / len(value_n), dtype=np.float64)
    return estimate(value, influence_n, prompt_n, rater_n, confidence=confidence)


def influence(paired: Paired) -> Numbers:
    """By how much each rating pulls the mean difference away from where it is."""
    num_prompts, difference = paired.num_prompts, paired.difference_p
    level_p = (paired.arm_mean_p + paired.baseline_mean_p) / 2
    sign_n = np.where(paired.is_arm_n, 1.0, -1.0)
    residual_n = paired.value_n - level_p[paired.prompt_n] - sign_n * difference.mean() / 2
    side_n = paired.prompt_n * 2 + paired.is_arm_n
    size_n = np.bincount(side_n, minlength=2 * num_prompts)[side_n]
    return np.asarray(sign_n * residual_n / (num_prompts * size_n), dtype=np.float64)


def estimate(
    value: float,
    influence_n: Numbers,
    prompt_n: Codes,
    rater_n: Codes,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """A mean with its interval, from what each rating adds to its error."""
    prompt_n, num_prompts = compact(prompt_n)
    rater_n, num_raters = compact(rater_n)
    total = measure_variance(influence_n, prompt_n, rater_n).total
    return _take_interval(value, total, (num_prompts, num_raters), confidence)


def _take_interval(
    value: float, variance: float, num_clusters: tuple[int, int], confidence: float
) -> Estimate:
    for number, name in zip(num_clusters, ("prompt", "rater"), strict=True):
        if number < _FEWEST:
            return Estimate(value=value, reason=f"{number} {name} has no spread")
    if variance <= _NOTHING * max(1.0, value * value):
        return Estimate(value=value, reason=NO_VARIATION)
    half = float(stats.t.ppf((1 + confidence) / 2, min(num_clusters) - 1)) * math.sqrt(variance)
    return Estimate(value=value, low=value - half, high=value + half)


def measure_variance(influence_n: Numbers, prompt_n: Codes, rater_n: Codes) -> Variance:
    by_rater = _sum_by(influence_n, rater_n)
    by_both = _sum_by(influence_n, join(prompt_n, rater_n))
    return Variance(
        by_prompt=_sum_by(influence_n, prompt_n),
        by_rater=by_rater,
        by_both=by_both,
        in_common=by_rater - by_both,
    )


def _sum_by(influence_n: Numbers, cluster_n: Codes) -> float:
    """Sums of squares, with the usual correction for few clusters."""
    sums = np.bincount(cluster_n, weights=influence_n)
    num = len(sums)
    return float(sums @ sums) * num / (num - 1) if num > 1 else 0.0
