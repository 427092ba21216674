"""All that votes between pairs say, on every criterion apart."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stats.figures import Basis, Figure
from stats.preferences.pairs import bradley_terry, intransitivity, position_bias, shares
from stats.preferences.pairs.intransitivity import Intransitivity
from stats.preferences.pairs.votes import LEFT, TIE, Votes
from stats.preferences.setting import BOOTSTRAP, Setting

STRENGTH = "Bradley-Terry log-strength with ties (Davidson), mean 0 over arms; " + BOOTSTRAP
TIE_PARAMETER = "Davidson's tie parameter nu, 0 without ties; " + BOOTSTRAP
WIN_SHARE = (
    "share of votes that the arm won, a tie as half; two-way cluster-robust interval (prompts and "
    "raters), within 0 and 1"
)
LEFT_SHARE = (
    "share of decided votes that the left output won; two-way cluster-robust interval (prompts and "
    "raters), within 0 and 1"
)
P_LEFT = "two-sided exact binomial p of the left output's wins being half of the decided votes"


@dataclass(frozen=True, kw_only=True)
class Pair:
    arm: str
    other: str
    wins: int
    ties: int
    losses: int
    win_share: Figure

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "win_share": self.win_share.to_json()}


@dataclass(frozen=True, kw_only=True)
class Preferences:
    criterion: str | None
    arms: tuple[str, ...]
    basis: Basis
    num_both_bad: int
    pairs: tuple[Pair, ...]
    strengths: tuple[Figure, ...]  # of the arms
    tie_parameter: Figure
    left_share: Figure
    p_left: Figure
    circles: Intransitivity

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "n_prompts": self.basis.n_prompts,
            "n_raters": self.basis.n_raters,
            "n_votes": self.basis.n_ratings,
            "n_both_bad": self.num_both_bad,
            "pairs": [pair.to_json() for pair in self.pairs],
            "strengths": [
                {"arm": arm, **figure.to_json()}
                for arm, figure in zip(self.arms, self.strengths, strict=True)
            ],
            "tie_parameter": self.tie_parameter.to_json(),
            "left_share": self.left_share.to_json(),
            "p_left": self.p_left.to_json(),
            "intransitivity": asdict(self.circles),
        }


def measure(votes: Votes, setting: Setting) -> list[Preferences]:
    if votes.criterion is None:
        return [_measure_one(None, votes, setting)]
    return [
        _measure_one(label, votes.select(votes.criterion.where(label)), setting)
        for label in votes.criterion.list_present()
    ]


def _measure_one(criterion: str | None, votes: Votes, setting: Setting) -> Preferences:
    strengths = bradley_terry.estimate(votes, setting)
    bias = position_bias.measure(votes, confidence=setting.confidence)
    drawn = {"num_resamples": setting.num_resamples, "seed": setting.seed}
    return Preferences(
        criterion=criterion,
        arms=votes.arms,
        basis=votes.basis,
        num_both_bad=int(votes.is_both_bad_n.sum()),
        pairs=tuple(
            _compare(votes, one, other, setting.confidence)
            for one, other in bradley_terry.list_pairs(len(votes.arms))
        ),
        strengths=tuple(
            Figure(estimate=each, definition=STRENGTH, basis=votes.basis, **drawn)
            for each in strengths.of_arms
        ),
        tie_parameter=Figure(
            estimate=strengths.tie, definition=TIE_PARAMETER, basis=votes.basis, **drawn
        ),
        left_share=Figure(estimate=bias.left_share, definition=LEFT_SHARE, basis=bias.basis),
        p_left=Figure(estimate=bias.p_value, definition=P_LEFT, basis=bias.basis),
        circles=intransitivity.measure(votes),
    )


def _compare(votes: Votes, one: int, other: int, confidence: float) -> Pair:
    stands_left = (votes.left_n == one) & (votes.right_n == other)
    stands_right = (votes.left_n == other) & (votes.right_n == one)
    between = votes.select(stands_left | stands_right)
    won = (between.outcome_n == LEFT) == (between.left_n == one)
    score_n = np.where(between.outcome_n == TIE, 0.5, won.astype(np.float64))
    wins, ties, losses = (int((score_n == score).sum()) for score in (1, 0.5, 0))
    return Pair(
        arm=votes.arms[one],
        other=votes.arms[other],
        wins=wins,
        ties=ties,
        losses=losses,
        win_share=Figure(
            estimate=shares.estimate(score_n, between, confidence=confidence),
            definition=WIN_SHARE,
            basis=between.basis,
        ),
    )
