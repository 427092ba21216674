"""Two arms, one mean each: the prompts needed to see their difference, by the normal approximation.

The variance of one rating is cut into shares: what an item (one output) is worth in everybody's
eyes, of which a part belongs to its prompt and is common to the outputs of both arms; how severe a
rater is; and the rest. The mean of an arm over n prompts, each rated k times, then varies by

    unpaired   sd^2 / n * (item + (rater + rest) / k)         other prompts in each arm
    paired     sd^2 / n * (item - prompt + rest / k)          prompts and raters in common

and n = 2 * ((z_1-s/2 + z_power) * sd / effect)^2 times what stands in brackets, rounded up (Cohen
1988, 2.4, with clustering as in Kish 1965, 5.4). With one rating of each item and no pairing the
bracket is 1: the textbook number, which is given beside as `ratings_without_clusters`.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

_FEWEST_PROMPTS = 2
_NORMAL = NormalDist()


class PlanImpossible(ValueError):
    """Assumptions that do not go together."""


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    effect: float  # difference of means, in levels of the scale
    sd: float  # of one rating, in the same
    levels: int
    raters_per_item: int
    item_share: float = 0.0  # of the variance; its prompt's included
    prompt_share: float = 0.0
    rater_share: float = 0.0
    power: float = 0.8
    significance_level: float = 0.05

    @property
    def rest_share(self) -> float:
        return 1 - self.item_share - self.rater_share

    def __post_init__(self) -> None:
        if self.levels < 2:  # noqa: PLR2004 - one level tells nothing apart
            raise PlanImpossible(f"A scale has at least 2 levels, not {self.levels}.")
        if not 0 < self.effect <= self.levels - 1:
            raise PlanImpossible(
                f"On {self.levels} levels two means differ by more than 0 and at most "
                f"{self.levels - 1}, not by {self.effect:g}."
            )
        most = (self.levels - 1) / 2
        if not 0 < self.sd <= most:
            raise PlanImpossible(
                f"On {self.levels} levels the standard deviation is above 0 and at most {most:g}, "
                f"not {self.sd:g}."
            )
        if self.raters_per_item < 1:
            raise PlanImpossible("Every item is rated at least once.")
        self._check_shares()

    def _check_shares(self) -> None:
        shares = (self.item_share, self.prompt_share, self.rater_share)
        if any(not 0 <= share <= 1 for share in shares) or self.rest_share < 0:
            raise PlanImpossible(
                "Shares of the variance are from 0 to 1, and those of items and raters at most 1 "
                "together."
            )
        if self.prompt_share > self.item_share:
            raise PlanImpossible(
                f"What a prompt's outputs have in common ({self.prompt_share:g}) is a part of what "
                f"items differ by ({self.item_share:g})."
            )
        for name, value in (("power", self.power), ("significance level", self.significance_level)):
            if not 0 < value < 1:
                raise PlanImpossible(f"The {name} is between 0 and 1, not {value:g}.")


@dataclass(frozen=True, kw_only=True)
class Need:
    prompts_per_arm: int
    ratings_per_arm: int


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What a study of this size can see."""

    power: float  # of seeing the assumed effect
    smallest_effect: float  # seen with the wanted power


@dataclass(frozen=True, kw_only=True)
class Plan:
    ratings_without_clusters: int
    unpaired: Need
    paired: Need


def plan(assumed: Assumptions) -> Plan:
    alone = _count(assumed, 1.0)
    return Plan(
        ratings_without_clusters=alone,
        unpaired=_need(assumed, _vary(assumed, is_paired=False)),
        paired=_need(assumed, _vary(assumed, is_paired=True)),
    )


def reach(assumed: Assumptions, prompts_per_arm: int, *, is_paired: bool) -> Reach:
    """With so many prompts instead of the number that is needed."""
    if prompts_per_arm < _FEWEST_PROMPTS:
        raise PlanImpossible(f"A study has at least {_FEWEST_PROMPTS} prompts in each arm.")
    varies = _vary(assumed, is_paired=is_paired)
    error = assumed.sd * math.sqrt(2 * varies / prompts_per_arm)
    if error == 0:
        return Reach(power=1.0, smallest_effect=0.0)
    bound = _NORMAL.inv_cdf(1 - assumed.significance_level / 2)
    distance = assumed.effect / error
    # Both tails: the lower one counts where the effect is small.
    power = _NORMAL.cdf(distance - bound) + _NORMAL.cdf(-bound - distance)
    smallest = (bound + _NORMAL.inv_cdf(assumed.power)) * error
    return Reach(power=power, smallest_effect=smallest)


def _vary(assumed: Assumptions, *, is_paired: bool) -> float:
    """The bracket: how much a prompt's mean in one arm adds to the difference."""
    if is_paired:
        own = assumed.item_share - assumed.prompt_share
        return own + assumed.rest_share / assumed.raters_per_item
    return assumed.item_share + (1 - assumed.item_share) / assumed.raters_per_item


def _need(assumed: Assumptions, varies: float) -> Need:
    prompts = _count(assumed, varies)
    return Need(prompts_per_arm=prompts, ratings_per_arm=prompts * assumed.raters_per_item)


def _count(assumed: Assumptions, varies: float) -> int:
    distance = _NORMAL.inv_cdf(1 - assumed.significance_level / 2) + _NORMAL.inv_cdf(assumed.power)
    wanted = 2 * (distance * assumed.sd / assumed.effect) ** 2 * varies
    # A hair above a whole number is that number: the last bits of z are not worth a prompt.
    return max(_FEWEST_PROMPTS, math.ceil(round(wanted, 9)))
