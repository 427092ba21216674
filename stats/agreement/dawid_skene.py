"""Dawid and Skene's model: the level each item truly has, and how often each rater finds it.

Dawid and Skene 1979, Applied Statistics 28, 20-28, by expectation and maximisation from the
shares of each item's ratings. A sensitivity analysis beside agreement: it takes levels for
unordered classes with one truth each, which a question of taste does not have.

Legend of shapes: i items, g raters, q levels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from stats.agreement.counts import Counts
from stats.agreement.ratings import Ratings

Floats = NDArray[np.float64]
_SMOOTHING = 0.01  # of a rating, added to each cell, so that what was never seen is not impossible
_NEAR = 1e-6
_MOST_ROUNDS = 200


@dataclass(frozen=True, kw_only=True)
class DawidSkene:
    competence_g: Floats  # chance to give an item's true level, over the levels as they occur
    confusion_gqq: Floats  # rater, true level, given level
    prevalence_q: Floats
    truth_iq: Floats  # probability of each level
    num_rounds: int
    has_converged: bool


def fit(ratings: Ratings, counts: Counts) -> DawidSkene:
    num_raters, q = len(ratings.raters), len(ratings.levels_q)
    shape = (len(ratings.items), num_raters * q)
    place_r = ratings.raters_r.astype(np.int64) * q + ratings.levels_r
    ones_r = np.ones(len(place_r))
    given = sparse.csr_array((ones_r, (ratings.items_r, place_r)), shape=shape)
    by_rater = given.T.tocsr()
    truth_iq = (counts.counts_uq / counts.num_ratings_u[:, None])[counts.row_i]
    step, num_rounds = np.inf, 0
    while step >= _NEAR and num_rounds < _MOST_ROUNDS:
        num_rounds += 1
        prevalence_q = truth_iq.mean(axis=0)
        seen = np.asarray(by_rater @ truth_iq) + _SMOOTHING
        seen_gqq = seen.reshape(num_raters, q, q)  # rater, given, true
        confusion_gqq = seen_gqq / seen_gqq.sum(axis=1, keepdims=True)
        evidence_iq = given @ np.log(confusion_gqq).reshape(-1, q)
        before, truth_iq = truth_iq, special.softmax(
            evidence_iq + np.log(np.maximum(prevalence_q, 1e-300)), axis=1
        )  # fmt: skip
        step = float(np.abs(truth_iq - before).max())
    return DawidSkene(
        competence_g=np.einsum("gqq,q->g", confusion_gqq, prevalence_q),
        confusion_gqq=confusion_gqq.transpose(0, 2, 1),
        prevalence_q=prevalence_q,
        truth_iq=truth_iq,
        num_rounds=num_rounds,
        has_converged=step < _NEAR,
    )
