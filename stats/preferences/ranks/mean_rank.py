"""The mean rank of each arm over rankings of all arms: 1 is the best, (arms + 1) / 2 the middle.

The interval is the two-way cluster-robust one of prompts and raters.
"""

from stats.effects import clustered
from stats.estimate import Estimate, undefined
from stats.preferences.ranks.rankings import Complete

NO_RANKING = "no ranking has all arms"


def estimate(complete: Complete, *, confidence: float = 0.95) -> list[Estimate]:
    if len(complete.rank_ka) == 0:
        return [undefined(NO_RANKING)] * complete.rank_ka.shape[1]
    return [
        clustered.estimate_plain_mean(
            rank_k, complete.prompt_k, complete.rater_k, confidence=confidence
        )
        for rank_k in complete.rank_ka.T
    ]
