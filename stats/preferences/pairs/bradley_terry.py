"""Bradley-Terry strengths with ties after Davidson (1970), Journal of the American Statistical
Association 65, 317-328.

    i beats j : p_i          j beats i : p_j          tie : nu * sqrt(p_i * p_j)

each over the sum of the three. Strengths are log p, with mean 0: their difference is the log-odds
that one is preferred, among votes that are no ties. nu is the tie parameter; 0 where nobody tied.

Legend of shapes: a arms, s pairs of arms, b resamples; outcomes are first, second, tie.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from stats.estimate import Estimate, undefined
from stats.labels import Codes, Numbers
from stats.preferences import choices
from stats.preferences.choices import Design
from stats.preferences.connection import find_break
from stats.preferences.pairs.votes import LEFT, TIE, Votes
from stats.preferences.setting import Setting, draw_raters, take_interval


@dataclass(frozen=True, kw_only=True)
class Strengths:
    of_arms: tuple[Estimate, ...]
    tie: Estimate


def estimate(votes: Votes, setting: Setting) -> Strengths:
    count_s3 = count(votes)
    reason = _find_obstacle(votes, count_s3)
    if reason:
        return _without(votes, reason)
    with_ties = bool(count_s3[:, 2].any())
    num_pairs = len(count_s3)
    drawn = draw_raters(votes.rater.codes_n, _code_cells(votes), 3 * num_pairs, setting)
    design = make_design(len(votes.arms), with_ties=with_ties)
    width = 3 if with_ties else 2
    all_bs3 = np.concatenate([count_s3[None], drawn.reshape(-1, num_pairs, 3)])[:, :, :width]
    fits = choices.fit(design, all_bs3)
    strength_ba = _centre(fits.coefficient_bq[:, : len(votes.arms) - 1])
    is_found_b = fits.is_found_b & (np.ptp(strength_ba, axis=1) < choices.LARGEST)
    if not is_found_b[0]:
        return _without(votes, "an arm is preferred or tied without end: no strengths fit")
    num_raters = votes.basis.n_raters or 0
    nu_b = np.exp(fits.coefficient_bq[:, -1]) if with_ties else np.zeros(len(fits.is_found_b))
    tie = take_interval(float(nu_b[0]), nu_b[1:], is_found_b[1:], num_raters, setting)
    return Strengths(
        of_arms=tuple(
            take_interval(float(own_b[0]), own_b[1:], is_found_b[1:], num_raters, setting)
            for own_b in strength_ba.T
        ),
        tie=tie if with_ties else Estimate(value=0.0, reason="nobody tied"),
    )


def count(votes: Votes) -> Numbers:
    """Of each pair of arms, first before second: first won, second won, tie."""
    num_pairs = len(votes.arms) * (len(votes.arms) - 1) // 2
    counted = np.bincount(_code_cells(votes), minlength=3 * num_pairs)
    return counted.reshape(num_pairs, 3).astype(np.float64)


def list_pairs(num_arms: int) -> list[tuple[int, int]]:
    return list(combinations(range(num_arms), 2))


def make_design(num_arms: int, *, with_ties: bool) -> Design:
    """The first arm is the origin; the last coefficient is log nu."""
    pairs = list_pairs(num_arms)
    arm_aq = np.eye(num_arms)[:, 1:]
    feature = np.zeros((len(pairs), 3, num_arms))
    for place, (one, other) in enumerate(pairs):
        feature[place, 0, :-1] = arm_aq[one]
        feature[place, 1, :-1] = arm_aq[other]
        feature[place, 2, :-1] = (arm_aq[one] + arm_aq[other]) / 2
        feature[place, 2, -1] = 1
    if not with_ties:
        feature = feature[:, :2, :-1]
    return Design(feature_smq=feature, is_there_sm=np.ones(feature.shape[:2], dtype=np.bool_))


def _code_cells(votes: Votes) -> Codes:
    """Of each vote, the pair of arms and the outcome as the first of them sees it."""
    num_arms = len(votes.arms)
    place_aa = np.zeros((num_arms, num_arms), dtype=np.intp)
    for place, (one, other) in enumerate(list_pairs(num_arms)):
        place_aa[one, other] = place_aa[other, one] = place
    is_left_first = votes.left_n < votes.right_n
    is_first = (votes.outcome_n == LEFT) == is_left_first
    outcome = np.where(votes.outcome_n == TIE, 2, np.where(is_first, 0, 1))
    return place_aa[votes.left_n, votes.right_n] * 3 + outcome


def _find_obstacle(votes: Votes, count_s3: Numbers) -> str:
    if len(votes) == 0:
        return "there are no votes"
    if not count_s3[:, :2].any():
        return "every vote is a tie"
    ahead = np.zeros((len(votes.arms), len(votes.arms)), dtype=np.bool_)
    for (one, other), (first, second, tie) in zip(
        list_pairs(len(votes.arms)), count_s3, strict=True
    ):
        ahead[one, other] = first + tie > 0
        ahead[other, one] = second + tie > 0
    return find_break(ahead, votes.arms)


def _centre(coefficient_bq: Numbers) -> Numbers:
    strength_ba = np.concatenate([np.zeros((len(coefficient_bq), 1)), coefficient_bq], axis=1)
    return np.asarray(strength_ba - strength_ba.mean(axis=1, keepdims=True), dtype=np.float64)


def _without(votes: Votes, reason: str) -> Strengths:
    nothing = undefined(reason)
    return Strengths(of_arms=tuple(nothing for _ in votes.arms), tie=nothing)
