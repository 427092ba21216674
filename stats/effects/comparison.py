"""One arm against the baseline on one criterion: every statistic, each with what it is."""

from dataclasses import dataclass
from typing import Any

from stats.effects import (
    cliff,
    clustered,
    definitions,
    naive,
    prompt_bootstrap,
    sign_flip,
    wilcoxon,
)
from stats.effects.mixed_model import MOST_RATINGS, ArmEffect, Model
from stats.effects.pairing import Paired, pair
from stats.effects.ratings import Ratings, RatingsWrong
from stats.estimate import undefined
from stats.figures import Basis, Figure
from stats.resampling import NUM_RESAMPLES


@dataclass(frozen=True, kw_only=True)
class Setting:
    baseline: str
    num_resamples: int = NUM_RESAMPLES
    seed: int = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.num_resamples < 1 or not 0 < self.confidence < 1:
            raise RatingsWrong(
                f"{self.num_resamples} resamples with confidence {self.confidence:g} give no "
                "interval."
            )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    arm: str
    num_left_out: int  # prompts with ratings of only one of both arms
    arm_mean: Figure
    baseline_mean: Figure
    difference: Figure
    difference_prompt_bootstrap: Figure
    difference_naive: Figure
    p_sign_flip: Figure
    p_wilcoxon: Figure
    cliffs_delta: Figure
    log_odds: Figure
    p_log_odds: Figure

    def to_json(self) -> dict[str, Any]:
        figures = {
            name: value.to_json() for name, value in vars(self).items() if isinstance(value, Figure)
        }
        return {"arm": self.arm, "n_prompts_left_out": self.num_left_out, **figures}


def compare(ratings: Ratings, arm: str, model: Model, setting: Setting) -> Comparison:
    paired = pair(ratings, arm, setting.baseline)
    by_model = model.of_arms.get(arm) or _without(model)
    sampled = definitions.SAMPLED.format(num=MOST_RATINGS) if model.is_sampled else ""
    return Comparison(
        arm=arm,
        num_left_out=paired.num_left_out,
        arm_mean=_average(paired, setting, is_arm=True),
        baseline_mean=_average(paired, setting, is_arm=False),
        difference=_difference(paired, setting),
        difference_prompt_bootstrap=_bootstrap(paired, setting),
        difference_naive=Figure(
            estimate=naive.estimate_difference(paired, confidence=setting.confidence),
            definition=definitions.NAIVE,
            basis=paired.basis,
        ),
        p_sign_flip=_flip(paired, setting),
        p_wilcoxon=_rank(paired),
        cliffs_delta=_cliff(paired, setting),
        log_odds=Figure(
            estimate=by_model.log_odds,
            definition=definitions.LOG_ODDS.format(sampled=sampled),
            basis=model.basis,
            seed=model.seed,
        ),
        p_log_odds=Figure(
            estimate=by_model.p_value,
            definition=definitions.P_LOG_ODDS.format(sampled=sampled),
            basis=model.basis,
            seed=model.seed,
        ),
    )


def _without(model: Model) -> ArmEffect:
    """An arm that has no ratings where the model was fitted."""
    nothing = undefined(model.reason or "no ratings of both arms")
    return ArmEffect(log_odds=nothing, p_value=nothing)


def _average(paired: Paired, setting: Setting, *, is_arm: bool) -> Figure:
    side_n = paired.is_arm_n if is_arm else ~paired.is_arm_n
    mean_p = paired.arm_mean_p if is_arm else paired.baseline_mean_p
    definition = definitions.ARM_MEAN if is_arm else definitions.BASELINE_MEAN
    rater_n = paired.rater_n[side_n]
    return Figure(
        estimate=clustered.estimate_mean(
            paired.value_n[side_n],
            paired.prompt_n[side_n],
            rater_n,
            mean_p,
            confidence=setting.confidence,
        ),
        definition=definition.format(how=definitions.TWO_WAY),
        basis=Basis(
            n_prompts=paired.num_prompts,
            n_raters=len(set(rater_n.tolist())),
            n_ratings=int(side_n.sum()),
        ),
    )


def _difference(paired: Paired, setting: Setting) -> Figure:
    return Figure(
        estimate=clustered.estimate_difference(paired, confidence=setting.confidence),
        definition=definitions.DIFFERENCE.format(how=definitions.TWO_WAY),
        basis=paired.basis,
    )


def _bootstrap(paired: Paired, setting: Setting) -> Figure:
    return Figure(
        estimate=prompt_bootstrap.estimate_mean(
            paired.difference_p,
            num_resamples=setting.num_resamples,
            seed=setting.seed,
            confidence=setting.confidence,
        ),
        definition=definitions.DIFFERENCE.format(how=definitions.BOOTSTRAP),
        basis=paired.basis,
        num_resamples=setting.num_resamples,
        seed=setting.seed,
    )


def _flip(paired: Paired, setting: Setting) -> Figure:
    found = sign_flip.compute(paired.difference_p, seed=setting.seed)
    how = definitions.ALL_PATTERNS if found.num_draws is None else definitions.DRAWN_PATTERNS
    return Figure(
        estimate=found.p_value,
        definition=definitions.SIGN_FLIP.format(how=how),
        basis=paired.basis,
        num_resamples=found.num_draws,
        seed=found.seed,
    )


def _rank(paired: Paired) -> Figure:
    found = wilcoxon.compute(paired.difference_p)
    how = found.method or "not computed"
    return Figure(
        estimate=found.p_value,
        definition=definitions.WILCOXON.format(num=found.num_zeros, how=how),
        basis=paired.basis,
    )


def _cliff(paired: Paired, setting: Setting) -> Figure:
    return Figure(
        estimate=cliff.estimate_delta(
            paired,
            num_resamples=setting.num_resamples,
            seed=setting.seed,
            confidence=setting.confidence,
        ),
        definition=definitions.CLIFF,
        basis=paired.basis,
        num_resamples=setting.num_resamples,
        seed=setting.seed,
    )
