"""The mean of what each vote counts for, from 0 to 1, with an interval that keeps within them.

Legend of shapes: n votes.
"""

from dataclasses import replace

from stats.effects import clustered
from stats.estimate import Estimate
from stats.labels import Numbers
from stats.preferences.pairs.votes import Votes


def estimate(score_n: Numbers, votes: Votes, *, confidence: float) -> Estimate:
    """Two-way cluster-robust. With few raters it would reach beyond what a share can be."""
    found = clustered.estimate_plain_mean(
        score_n, votes.prompt.codes_n, votes.rater.codes_n, confidence=confidence
    )
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(found.low, 0.0), high=min(found.high, 1.0))
