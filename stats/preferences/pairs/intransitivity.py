"""Circles: A before B, B before C, and C before A. No order of arms says that.

Among all votes: triads of arms whose majorities run in a circle, and Kendall's coefficient of
consistence, 1 where there is none and 0 where there are as many as can be (Kendall and Babington
Smith 1940, Biometrika 31, 324-345). Within raters: of the triads that one rater decided on one
prompt, how many run in a circle; a coin does so once in four times.

Legend of shapes: a arms.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from stats.labels import Mask
from stats.preferences.pairs.votes import LEFT, TIE, Votes

_FEWEST_ARMS = 3


@dataclass(frozen=True, kw_only=True)
class Intransitivity:
    circles: tuple[
        tuple[str, str, str], ...
    ]  # each arm is before the next, the last before the first
    consistence: float | None
    reason: str  # why there is no consistence
    num_triads: int  # that one rater decided on one prompt
    num_circular: int


def measure(votes: Votes) -> Intransitivity:
    ahead_aa, is_tournament = _find_majorities(votes)
    circles = find_circles(ahead_aa)
    num_arms = len(votes.arms)
    reason = ""
    if num_arms < _FEWEST_ARMS:
        reason = "there are no three arms"
    elif not is_tournament:
        reason = "not every pair of arms has a majority"
    num_triads, num_circular = _count_within_raters(votes)
    return Intransitivity(
        circles=tuple(
            (votes.arms[one], votes.arms[two], votes.arms[three]) for one, two, three in circles
        ),
        consistence=None if reason else compute_consistence(num_arms, len(circles)),
        reason=reason,
        num_triads=num_triads,
        num_circular=num_circular,
    )


def find_circles(ahead_aa: Mask) -> list[tuple[int, int, int]]:
    found = []
    for one, two, three in combinations(range(len(ahead_aa)), 3):
        if ahead_aa[one, two] and ahead_aa[two, three] and ahead_aa[three, one]:
            found.append((one, two, three))
        elif ahead_aa[two, one] and ahead_aa[three, two] and ahead_aa[one, three]:
            found.append((one, three, two))
    return found


def compute_consistence(num_arms: int, num_circles: int) -> float:
    most = num_arms**3 - (num_arms if num_arms % 2 else 4 * num_arms)
    return 1 - 24 * num_circles / most


def _find_majorities(votes: Votes) -> tuple[Mask, bool]:
    """Whether the row won more often against the column than it lost; and whether all pairs did."""
    num = len(votes.arms)
    wins_aa = np.zeros((num, num), dtype=np.intp)
    decided = votes.outcome_n != TIE
    is_left = votes.outcome_n == LEFT
    winner = np.where(is_left, votes.left_n, votes.right_n)[decided]
    loser = np.where(is_left, votes.right_n, votes.left_n)[decided]
    np.add.at(wins_aa, (winner, loser), 1)
    ahead_aa = wins_aa > wins_aa.T
    return ahead_aa, bool((ahead_aa | ahead_aa.T | np.eye(num, dtype=np.bool_)).all())


def _count_within_raters(votes: Votes) -> tuple[int, int]:
    before: dict[tuple[int, int], dict[tuple[int, int], bool]] = defaultdict(dict)
    rows = (votes.prompt.codes_n, votes.rater.codes_n, votes.left_n, votes.right_n, votes.outcome_n)
    for prompt, rater, left, right, outcome in zip(*(row.tolist() for row in rows), strict=True):
        if outcome != TIE:
            is_first = (outcome == LEFT) == (left < right)
            before[prompt, rater][min(left, right), max(left, right)] = is_first
    num_triads = num_circular = 0
    for decided in before.values():
        arms = sorted({arm for pair in decided for arm in pair})
        for one, two, three in combinations(arms, 3):
            sides = [decided.get(pair) for pair in ((one, two), (two, three), (one, three))]
            if None not in sides:
                num_triads += 1
                num_circular += sides[0] == sides[1] != sides[2]
    return num_triads, num_circular
