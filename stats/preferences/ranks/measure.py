"""All that rankings say, on every criterion apart."""

from dataclasses import dataclass
from typing import Any

from stats.figures import Basis, Figure
from stats.preferences.ranks import friedman, mean_rank, plackett_luce, rankings
from stats.preferences.ranks.rankings import Rankings
from stats.preferences.setting import BOOTSTRAP, Setting

MEAN_RANK = (
    "mean rank over rankings of all arms, 1 is best, ties shared; two-way cluster-robust interval "
    "(prompts and raters)"
)
WORTH = "Plackett-Luce log-worth, mean 0 over arms, rankings without ties; " + BOOTSTRAP
CHI_SQUARED = "Friedman's chi-squared over prompts, raters averaged first, corrected for ties"
P_FRIEDMAN = "p of Friedman's test by the chi-squared distribution"
KENDALLS_W = "Kendall's W over prompts, raters averaged first, corrected for ties"


@dataclass(frozen=True, kw_only=True)
class Order:
    criterion: str | None
    arms: tuple[str, ...]
    basis: Basis
    num_incomplete: int  # rankings that lack an arm
    num_tied: int  # rankings with ties or of one arm, which Plackett-Luce leaves out
    mean_ranks: tuple[Figure, ...]
    worths: tuple[Figure, ...]
    chi_squared: Figure
    p_friedman: Figure
    kendalls_w: Figure

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "n_prompts": self.basis.n_prompts,
            "n_raters": self.basis.n_raters,
            "n_rankings": self.basis.n_ratings,
            "n_incomplete": self.num_incomplete,
            "n_tied": self.num_tied,
            "arms": [
                {"arm": arm, "mean_rank": rank.to_json(), "worth": worth.to_json()}
                for arm, rank, worth in zip(self.arms, self.mean_ranks, self.worths, strict=True)
            ],
            "chi_squared": self.chi_squared.to_json(),
            "p_friedman": self.p_friedman.to_json(),
            "kendalls_w": self.kendalls_w.to_json(),
        }


def measure(ranked: Rankings, setting: Setting) -> list[Order]:
    if ranked.criterion is None:
        return [_measure_one(None, ranked, setting)]
    return [
        _measure_one(label, ranked.select(ranked.criterion.where(label)), setting)
        for label in ranked.criterion.list_present()
    ]


def _measure_one(criterion: str | None, ranked: Rankings, setting: Setting) -> Order:
    complete = rankings.complete(ranked)
    tested = friedman.compute(complete)
    worths = plackett_luce.estimate(ranked, setting)
    chi_squared, p_friedman, kendalls_w = (
        Figure(estimate=estimate, definition=definition, basis=complete.basis)
        for estimate, definition in (
            (tested.chi_squared, CHI_SQUARED),
            (tested.p_value, P_FRIEDMAN),
            (tested.kendalls_w, KENDALLS_W),
        )
    )
    return Order(
        criterion=criterion,
        arms=ranked.arm.labels,
        basis=ranked.basis,
        num_incomplete=complete.num_left_out,
        num_tied=worths.num_left_out,
        mean_ranks=tuple(
            Figure(estimate=each, definition=MEAN_RANK, basis=complete.basis)
            for each in mean_rank.estimate(complete, confidence=setting.confidence)
        ),
        worths=tuple(
            Figure(
                estimate=each,
                definition=WORTH,
                basis=ranked.basis,
                num_resamples=setting.num_resamples,
                seed=setting.seed,
            )
            for each in worths.of_arms
        ),
        chi_squared=chi_squared,
        p_friedman=p_friedman,
        kendalls_w=kendalls_w,
    )
