"""Two arms, prompt by prompt: what every statistic of a difference starts from.

A prompt counts when it has ratings of both arms; its difference is the mean of its ratings of the
arm minus the mean of those of the baseline. Other prompts are left out, and counted.

Legend of shapes: n ratings that count, p prompts that count.
"""

from dataclasses import dataclass

import numpy as np

from stats.effects.ratings import Ratings
from stats.figures import Basis
from stats.labels import Codes, Labelled, Mask, Numbers, compact


@dataclass(frozen=True, kw_only=True)
class Paired:
    value_n: Numbers
    is_arm_n: Mask
    prompt_n: Codes  # 0 to p - 1
    rater_n: Codes  # 0 to r - 1
    arm_mean_p: Numbers
    baseline_mean_p: Numbers
    num_raters: int
    num_left_out: int  # prompts with ratings of one arm only

    @property
    def num_prompts(self) -> int:
        return len(self.arm_mean_p)

    @property
    def difference_p(self) -> Numbers:
        return self.arm_mean_p - self.baseline_mean_p

    @property
    def basis(self) -> Basis:
        return Basis(
            n_prompts=self.num_prompts, n_raters=self.num_raters, n_ratings=len(self.value_n)
        )


def pair(ratings: Ratings, arm: str, baseline: str) -> Paired:
    return pair_columns(
        ratings.value_n, ratings.arm, ratings.prompt, ratings.rater, (arm, baseline)
    )


def pair_columns(
    value_n: Numbers, arm: Labelled, prompt: Labelled, rater: Labelled, between: tuple[str, str]
) -> Paired:
    """`between`: the arm, and the baseline."""
    is_arm, is_baseline = (arm.where(label) for label in between)
    size = len(prompt.labels)
    in_arm = np.bincount(prompt.codes_n[is_arm], minlength=size)
    in_baseline = np.bincount(prompt.codes_n[is_baseline], minlength=size)
    in_both = (in_arm > 0) & (in_baseline > 0)
    chosen = (is_arm | is_baseline) & in_both[prompt.codes_n]
    prompt_n, num_prompts = compact(prompt.codes_n[chosen])
    rater_n, num_raters = compact(rater.codes_n[chosen])
    values, of_arm = value_n[chosen], is_arm[chosen]
    return Paired(
        value_n=values,
        is_arm_n=of_arm,
        prompt_n=prompt_n,
        rater_n=rater_n,
        arm_mean_p=average(values[of_arm], prompt_n[of_arm], num_prompts),
        baseline_mean_p=average(values[~of_arm], prompt_n[~of_arm], num_prompts),
        num_raters=num_raters,
        num_left_out=int(((in_arm > 0) | (in_baseline > 0)).sum()) - num_prompts,
    )


def average(value_n: Numbers, group_n: Codes, size: int) -> Numbers:
    """The mean of each group; every group has something."""
    sums = np.bincount(group_n, weights=value_n, minlength=size)
    return np.asarray(sums / np.bincount(group_n, minlength=size), dtype=np.float64)
