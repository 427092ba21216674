"""What is known of each rater: how strict, how they use the scale, how steady, how right.

None of it removes anybody: it shows whom to talk to.

Legend of shapes: r ratings in the order of rating, g raters, q levels, p pairs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.agreement import leave_one_out
from stats.agreement.counts import Counts
from stats.agreement.ratings import Ratings

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class RaterTable:
    raters: NDArray[np.object_]
    num_ratings_g: Whole
    mean_g: Floats
    severity_g: Floats  # how far below the others on the same items; NaN without others
    usage_gq: Floats  # share of each level
    commonest_share_g: Floats  # of the level they use most
    longest_run_g: Whole  # equal levels one after another
    alpha_without_g: Floats  # ordinal, of the others; NaN where undefined


def describe(ratings: Ratings, counts: Counts) -> RaterTable:
    num_raters, num_levels = len(ratings.raters), len(ratings.levels_q)
    place_r = ratings.raters_r.astype(np.int64) * num_levels + ratings.levels_r
    counts_gq = np.bincount(place_r, minlength=num_raters * num_levels)
    counts_gq = counts_gq.reshape(num_raters, num_levels)
    number_g = counts_gq.sum(axis=1)
    usage_gq = counts_gq / number_g[:, None]
    return RaterTable(
        raters=ratings.raters,
        num_ratings_g=number_g,
        mean_g=usage_gq @ ratings.levels_q,
        severity_g=_measure_severity(ratings, counts),
        usage_gq=usage_gq,
        commonest_share_g=usage_gq.max(axis=1),
        longest_run_g=_find_longest_runs(ratings),
        alpha_without_g=leave_one_out.alphas(ratings, counts),
    )


def _measure_severity(ratings: Ratings, counts: Counts) -> Floats:
    """Mean over the rater's items of the mean of the others minus their own value."""
    num_others_r = counts.num_ratings_u[counts.row_i][ratings.items_r] - 1
    sum_r = (counts.counts_uq @ ratings.levels_q)[counts.row_i][ratings.items_r]
    shared = num_others_r > 0
    own_r = ratings.values_r[shared]
    above_r = (sum_r[shared] - own_r) / num_others_r[shared] - own_r
    return _average(ratings.raters_r[shared], above_r, len(ratings.raters))


def _find_longest_runs(ratings: Ratings) -> Whole:
    order = np.argsort(ratings.raters_r, kind="stable")
    raters_r, levels_r = ratings.raters_r[order], ratings.levels_r[order]
    changes = (np.diff(raters_r) != 0) | (np.diff(levels_r) != 0)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    lengths = np.diff([*starts, len(raters_r)])
    longest_g = np.zeros(len(ratings.raters), dtype=np.int64)
    np.maximum.at(longest_g, raters_r[starts], lengths)
    return longest_g


def share_equal(
    raters_p: ArrayLike, one_p: ArrayLike, other_p: ArrayLike, num_raters: int
) -> Floats:
    """The share of each rater's pairs of values that are equal, (g,); NaN for whom there is none.

    Repeat agreement, where the pairs are a rater's first and second value of what was shown twice;
    gold accuracy, where they are a rater's value and the known answer.
    """
    equal_p = np.asarray(one_p) == np.asarray(other_p)
    return _average(np.asarray(raters_p, dtype=np.int64), equal_p.astype(np.float64), num_raters)


def find_medians(raters_r: ArrayLike, values_r: ArrayLike, num_raters: int) -> Floats:
    """Of each rater's values, such as active milliseconds: (g,); NaN for whom there is none."""
    raters, values = np.asarray(raters_r, dtype=np.int64), np.asarray(values_r, dtype=np.float64)
    values = values[np.lexsort((values, raters))]
    number_g = np.bincount(raters, minlength=num_raters)
    start_g = np.cumsum(number_g) - number_g
    medians_g = np.full(num_raters, np.nan)
    has_g = number_g > 0
    lower = values[(start_g + (number_g - 1) // 2)[has_g]]
    upper = values[(start_g + number_g // 2)[has_g]]
    medians_g[has_g] = (lower + upper) / 2
    return medians_g


def _average(raters_r: NDArray[np.int64] | NDArray[np.int32], values_r: Floats, num: int) -> Floats:
    number_g = np.bincount(raters_r, minlength=num)
    sums_g = np.bincount(raters_r, weights=values_r, minlength=num)
    means_g = np.full(num, np.nan)
    np.divide(sums_g, number_g, out=means_g, where=number_g > 0)
    return means_g
