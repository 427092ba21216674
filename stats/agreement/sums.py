"""What every coefficient is made of: sums over items of a few figures that rows of counts give.

Legend of shapes: u distinct rows, q levels, b weightings of the items (resamples, or only one),
f figures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.agreement import weights
from stats.agreement.counts import Counts

Floats = NDArray[np.float64]
_NUM_SINGLE = 9  # figures before those by level


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Over the items as often as each counts. An item is pairable if two or more rated it."""

    levels_q: Floats
    num_items_b: Floats
    num_pairable_b: Floats
    exact_b: Floats  # over pairable items: share of pairs of ratings that agree
    within_one_b: Floats
    quadratic_b: Floats
    proportions_bq: Floats  # over all items: share of its ratings
    coincidences_bqq: Floats  # Krippendorff's: pairs of ratings, each over number of ratings - 1
    modal_count: int  # commonest number of ratings of a pairable item; the rest is of such items
    num_modal_b: Floats
    means_b: Floats  # of an item's mean, from the middle of the scale
    squared_means_b: Floats
    within_b: Floats  # of squared distances from an item's mean


@dataclass(frozen=True)
class Figures:
    """For each distinct row its contribution to the sums."""

    levels_q: Floats
    modal_count: int
    matrix_uf: Floats

    def name(self, sums_bf: Floats) -> Sums:
        """Columns by their names, for sums of the matrix over items."""
        q = len(self.levels_q)
        pairs_bp = sums_bf[:, _NUM_SINGLE + q :]
        row, column = np.triu_indices(q)
        coincidences_bqq = np.empty((len(sums_bf), q, q))
        coincidences_bqq[:, row, column] = pairs_bp
        coincidences_bqq[:, column, row] = pairs_bp
        names = (
            "num_items_b", "num_pairable_b", "exact_b", "within_one_b", "quadratic_b",
            "num_modal_b", "means_b", "squared_means_b", "within_b",
        )  # fmt: skip
        return Sums(
            levels_q=self.levels_q,
            modal_count=self.modal_count,
            proportions_bq=sums_bf[:, _NUM_SINGLE : _NUM_SINGLE + q],
            coincidences_bqq=coincidences_bqq,
            **{name: sums_bf[:, place] for place, name in enumerate(names)},
        )


def tabulate(counts: Counts, levels_q: Floats) -> Figures:
    counts_uq = counts.counts_uq.astype(np.float64)
    number_u = counts_uq.sum(axis=1)
    is_pairable_u = number_u > 1
    modal_count = _find_modal_count(counts)
    singles = (
        np.ones(len(counts_uq)),
        is_pairable_u,
        agree(counts_uq, weights.exact(levels_q)),
        agree(counts_uq, weights.within_one(levels_q)),
        agree(counts_uq, weights.quadratic(levels_q)),
        *_list_moments(counts_uq, levels_q, modal_count),
    )
    proportions_uq = counts_uq / number_u[:, None]
    row, column = np.triu_indices(len(levels_q))
    pairs_up = counts_uq[:, row] * (counts_uq[:, column] - (row == column))
    pairs_up *= (is_pairable_u / np.maximum(number_u - 1, 1))[:, None]
    return Figures(levels_q, modal_count, np.column_stack([*singles, proportions_uq, pairs_up]))


def _find_modal_count(counts: Counts) -> int:
    """The largest of those that are equally common; 0 without a pairable item."""
    number = np.bincount(counts.num_ratings_u, weights=counts.num_items_u, minlength=2)
    number[:2] = 0
    return len(number) - 1 - int(np.argmax(number[::-1])) if number.any() else 0


def agree(counts_uq: Floats, weights_qq: Floats) -> Floats:
    """Mean weight of two different ratings of an item, (u,); 0 where there are no two."""
    number_u = counts_uq.sum(axis=1)
    pairs_u = (counts_uq * (counts_uq @ weights_qq)).sum(axis=1) - number_u
    mean_u: Floats = pairs_u / np.maximum(number_u * (number_u - 1), 1)
    return mean_u


def _list_moments(
    counts_uq: Floats, levels_q: Floats, modal_count: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Measured from the middle of the scale, so that little is lost by subtracting."""
    is_modal_u = (counts_uq.sum(axis=1) == modal_count).astype(np.float64)
    values_q = levels_q - (levels_q[0] + levels_q[-1]) / 2
    mean_u = counts_uq @ values_q / max(modal_count, 1) * is_modal_u
    within_u = (counts_uq * (values_q - mean_u[:, None]) ** 2).sum(axis=1) * is_modal_u
    return is_modal_u, mean_u, mean_u**2, within_u
