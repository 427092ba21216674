"""Studies made up from known variances: what an interval should cover is known.

Ratings are levels 1, 2, 3 of a latent value cut at -.5 and .5. The value is a sum of what a prompt
is worth, what an arm makes of it, how severe a rater is, how a rater takes to an arm, and the rest.

Legend of shapes: p prompts, a arms, r raters, i items, k ratings of an item.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]

CUTS = (-0.5, 0.5)
NUM_LEVELS = 3
ITEM_SD, ITEM_ARM_SD, RATER_SD, REST_SD = 0.6, 0.2, 0.4, 0.7
ARM_EFFECT = 0.15  # of the second arm, on the latent scale
RATINGS_PER_ITEM = 3


@dataclass(frozen=True)
class Design:
    num_prompts: int
    num_raters: int
    rater_arm_sd: float

    def __str__(self) -> str:
        return f"{self.num_prompts} x {self.num_raters}, rater x arm {self.rater_arm_sd:g}"


@dataclass(frozen=True)
class Raters:
    """Their severity towards each arm."""

    leaning_ra: Numbers


@dataclass(frozen=True)
class Study:
    """Items are the prompts of the first arm, then those of the second."""

    level_ik: Codes  # 0, 1, 2
    rater_ik: Codes
    prompt_i: Codes
    arm_i: Codes


def draw_raters(random: np.random.Generator, design: Design) -> Raters:
    severity_r = random.normal(0, RATER_SD, design.num_raters)
    taking_ra = random.normal(0, design.rater_arm_sd, (design.num_raters, 2))
    return Raters(severity_r[:, None] + taking_ra)


def draw_study(random: np.random.Generator, raters: Raters, num_prompts: int) -> Study:
    arm_i, prompt_i = np.repeat([0, 1], num_prompts), np.tile(np.arange(num_prompts), 2)
    worth_p = random.normal(0, ITEM_SD, num_prompts)
    worth_i = worth_p[prompt_i] + random.normal(0, ITEM_ARM_SD, len(arm_i)) + ARM_EFFECT * arm_i
    rater_ik = _choose(random, len(raters.leaning_ra), len(arm_i))
    latent_ik = worth_i[:, None] + raters.leaning_ra[rater_ik, arm_i[:, None]]
    value_ik = latent_ik + random.normal(0, REST_SD, latent_ik.shape)
    return Study(_cut(value_ik), rater_ik, prompt_i, arm_i)


def draw_population(random: np.random.Generator, design: Design, num_ratings: int) -> Study:
    """No rater is met twice: all that raters differ by is between any two ratings.

    Both arms get the same luck, so that their difference is that of the arms and of little else.
    """
    num_prompts = num_ratings // (2 * RATINGS_PER_ITEM)
    arm_i, prompt_i = np.repeat([0, 1], num_prompts), np.tile(np.arange(num_prompts), 2)
    worth_p = random.normal(0, np.hypot(ITEM_SD, ITEM_ARM_SD), num_prompts)
    spread = np.sqrt(RATER_SD**2 + design.rater_arm_sd**2 + REST_SD**2)
    luck_pk = worth_p[:, None] + random.normal(0, spread, (num_prompts, RATINGS_PER_ITEM))
    value_ik = luck_pk[prompt_i] + ARM_EFFECT * arm_i[:, None]
    rater_ik = np.arange(value_ik.size).reshape(value_ik.shape)
    return Study(_cut(value_ik), rater_ik, prompt_i, arm_i)


def _choose(random: np.random.Generator, num_raters: int, num_items: int) -> Codes:
    """Different raters of each item: every further one is drawn among those that are left."""
    chosen_ik = np.empty((num_items, RATINGS_PER_ITEM), dtype=np.intp)
    for place in range(RATINGS_PER_ITEM):
        drawn_i = random.integers(0, num_raters - place, num_items)
        for taken_i in np.sort(chosen_ik[:, :place], axis=1).T:
            drawn_i += drawn_i >= taken_i
        chosen_ik[:, place] = drawn_i
    return chosen_ik


def _cut(value_ik: Numbers) -> Codes:
    return (value_ik > CUTS[0]).astype(np.intp) + (value_ik > CUTS[1])
