"""The model-based check of the effects: a cumulative-link mixed model of all arms at once.

Logit link, an effect for each arm, random intercepts for raters and for items (Agresti 2010,
Analysis of Ordinal Categorical Data, 10.1), fitted by Laplace's approximation. An effect is a
difference of log-odds of a higher level; its interval is Wald's. Items stand alone: the model does
not know that prompts are paired, and is the more cautious for it.

Above a number of ratings the model is fitted on a sample of whole prompts, which it says. When no
fit was found, that is said in place of every effect.

Legend of shapes: n ratings, k arms without the baseline.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from stats.effects.cumulative.fit import Fit, fit
from stats.effects.cumulative.laplace import Data, NotConverged
from stats.effects.ratings import Ratings
from stats.estimate import Estimate, undefined
from stats.figures import Basis
from stats.labels import compact

MOST_RATINGS = 10_000
MOST_LEVELS = 20
_FEWEST = 2
_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class ArmEffect:
    log_odds: Estimate
    p_value: Estimate


@dataclass(frozen=True, kw_only=True)
class Model:
    of_arms: dict[str, ArmEffect]
    item_sd: float | None  # of the random intercepts, in log-odds
    rater_sd: float | None
    log_likelihood: float | None
    basis: Basis
    is_sampled: bool
    seed: int | None  # of the sample
    reason: str  # why there is no model; else empty

    def to_json(self) -> dict[str, Any]:
        return {
            "item_sd": self.item_sd,
            "rater_sd": self.rater_sd,
            "log_likelihood": self.log_likelihood,
            "n_prompts": self.basis.n_prompts,
            "n_raters": self.basis.n_raters,
            "n_ratings": self.basis.n_ratings,
            "is_sampled": self.is_sampled,
            "seed": self.seed,
            "reason": self.reason,
        }


def estimate(
    ratings: Ratings,
    baseline: str,
    *,
    most_ratings: int = MOST_RATINGS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Model:
    is_sampled = len(ratings) > most_ratings
    used = _sample(ratings, most_ratings, seed) if is_sampled else ratings
    arms = [arm for arm in used.arm.list_present() if arm != baseline]
    basis = Basis(
        n_prompts=len(used.prompt.list_present()),
        n_raters=len(used.rater.list_present()),
        n_ratings=len(used),
    )
    found, reason = _fit(used, arms, baseline)
    return Model(
        of_arms={
            arm: _describe(found, place, reason, confidence) for place, arm in enumerate(arms)
        },
        item_sd=found.item_scale if found else None,
        rater_sd=found.rater_scale if found else None,
        log_likelihood=found.log_likelihood if found else None,
        basis=basis,
        is_sampled=is_sampled,
        seed=seed if is_sampled else None,
        reason=reason,
    )


def _sample(ratings: Ratings, most_ratings: int, seed: int) -> Ratings:
    """Whole prompts in random order, as many as stay within the limit."""
    prompt_n, num_prompts = compact(ratings.prompt.codes_n)
    order = np.random.default_rng(seed).permutation(num_prompts)
    sizes = np.bincount(prompt_n)[order]
    chosen = order[sizes.cumsum() <= most_ratings]
    return ratings.select(np.isin(prompt_n, chosen))


def _fit(ratings: Ratings, arms: list[str], baseline: str) -> tuple[Fit | None, str]:
    if reason := _find_obstacle(ratings, arms, baseline):
        return None, reason
    item_n, num_items = compact(ratings.item.codes_n)
    rater_n, num_raters = compact(ratings.rater.codes_n)
    _, level_n = np.unique(ratings.value_n, return_inverse=True)
    design_nk = np.stack([ratings.arm.where(arm) for arm in arms], axis=1).astype(np.float64)
    data = Data(
        level_n=level_n.reshape(-1),
        design_nk=design_nk,
        item_n=item_n,
        rater_n=rater_n,
        num_items=num_items,
        num_raters=num_raters,
    )
    try:
        return fit(data), ""
    except NotConverged as error:
        return None, f"the model was not fitted: {error}"


def _find_obstacle(ratings: Ratings, arms: list[str], baseline: str) -> str:
    if not arms or not ratings.arm.where(baseline).any():
        return "no ratings of both arms"
    num_levels = len(np.unique(ratings.value_n))
    if num_levels < _FEWEST:
        return "no variation"
    if num_levels > MOST_LEVELS:
        return f"the model is for at most {MOST_LEVELS} levels; there are {num_levels:,}"
    if len(ratings.rater.list_present()) < _FEWEST:
        return "1 rater has no spread"
    return ""


def _describe(found: Fit | None, place: int, reason: str, confidence: float) -> ArmEffect:
    if found is None:
        return ArmEffect(log_odds=undefined(reason), p_value=undefined(reason))
    value, error = float(found.slope_k[place]), float(found.error_k[place])
    half = _NORMAL.inv_cdf((1 + confidence) / 2) * error
    return ArmEffect(
        log_odds=Estimate(value=value, low=value - half, high=value + half),
        p_value=Estimate(value=math.erfc(abs(value / error) / math.sqrt(2))),
    )
