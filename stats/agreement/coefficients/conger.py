"""Conger's kappa: Cohen's for many raters, each with a scale use of their own.

Conger 1980, Psychological Bulletin 88, 322-328; with missing ratings as Gwet 2014: observed
agreement is that of pairable items, each rater's shares of the levels come from all they rated.

The interval is value +- t * standard error, from what each item adds to kappa when it counts a
little more (linearised influence values; Student's t with items - 1 degrees of freedom, cut off at
1 and -1): a bootstrap would need every rater's shares anew in each resample.

Legend of shapes: r ratings, i items, g raters, q levels, u distinct rows.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stats.agreement import sums, weights
from stats.agreement.coefficients import chance
from stats.agreement.counts import Counts
from stats.agreement.ratings import Ratings
from stats.agreement.resampling import FEWEST_ITEMS
from stats.estimate import Estimate, undefined

Floats = NDArray[np.float64]


def estimate(ratings: Ratings, counts: Counts, *, confidence: float, reason: str) -> Estimate:
    """`reason`: why it is undefined where raters differ by nothing. Some item is pairable."""
    agreement_i, is_pairable_i = _agree(ratings, counts)
    observed = float(agreement_i[is_pairable_i].mean())
    shares_gq, number_g = _share_levels(ratings)
    by_chance = _expect(shares_gq)
    value = float(chance.correct(np.array([observed]), by_chance)[0])
    if np.isnan(value):
        return undefined(reason)
    num_items = len(ratings.items)
    if num_items < FEWEST_ITEMS:
        return Estimate(value=value, reason=f"{num_items} item has no spread")
    observed_i = is_pairable_i / is_pairable_i.sum() * (agreement_i - observed)
    by_chance_i = _influence_chance(ratings, shares_gq, number_g)
    influence_i = (observed_i - (1 - value) * by_chance_i) / (1 - by_chance)
    error = np.sqrt(num_items / (num_items - 1) * (influence_i**2).sum())
    half = float(special.stdtrit(num_items - 1, (1 + confidence) / 2) * error)
    return Estimate(value=value, low=max(value - half, -1.0), high=min(value + half, 1.0))


def _agree(ratings: Ratings, counts: Counts) -> tuple[Floats, NDArray[np.bool_]]:
    """For each item the share of pairs that agree, and whether it has a pair."""
    agreement_u = sums.agree(counts.counts_uq.astype(np.float64), weights.exact(ratings.levels_q))
    return agreement_u[counts.row_i], (counts.num_ratings_u > 1)[counts.row_i]


def _share_levels(ratings: Ratings) -> tuple[Floats, Floats]:
    num_raters, num_levels = len(ratings.raters), len(ratings.levels_q)
    cells_r = ratings.raters_r.astype(np.int64) * num_levels + ratings.levels_r
    counts_gq = np.bincount(cells_r, minlength=num_raters * num_levels)
    counts_gq = counts_gq.reshape(num_raters, num_levels).astype(np.float64)
    number_g = counts_gq.sum(axis=1)
    return counts_gq / number_g[:, None], number_g


def _expect(shares_gq: Floats) -> float:
    """Mean over pairs of different raters of the chance that they give the same level."""
    num_raters = len(shares_gq)
    pairs = (shares_gq.sum(axis=0) ** 2).sum() - (shares_gq**2).sum()
    return float(pairs / (num_raters * (num_raters - 1)))


def _influence_chance(ratings: Ratings, shares_gq: Floats, number_g: Floats) -> Floats:
    """What each item adds to agreement by chance, through the shares of those who rated it."""
    num_raters = len(shares_gq)
    slope_gq = 2 * (shares_gq.sum(axis=0) - shares_gq) / (num_raters * (num_raters - 1))
    middle_g = (shares_gq * slope_gq).sum(axis=1)
    added_gq = (slope_gq - middle_g[:, None]) / number_g[:, None]
    added_r = added_gq[ratings.raters_r, ratings.levels_r]
    summed_i = np.bincount(ratings.items_r, weights=added_r, minlength=len(ratings.items))
    return np.asarray(summed_i, dtype=np.float64)
