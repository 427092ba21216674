"""Every coefficient of one criterion's ratings, each with its interval or why it has none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.agreement import counts as counting
from stats.agreement import leave_one_out, sums
from stats.agreement.coefficients import (
    brennan_prediger,
    conger,
    fleiss,
    gwet,
    krippendorff,
    one_way,
    percent,
    two_way,
)
from stats.agreement.counts import Counts
from stats.agreement.definitions import DEFINITIONS, HEADLINE
from stats.agreement.ratings import Ratings
from stats.agreement.resampling import FEWEST_ITEMS, Bootstrap
from stats.agreement.sums import Figures, Sums
from stats.estimate import Estimate, undefined

Floats = NDArray[np.float64]
NO_VARIATION = "no variation"
NO_PAIRS = "no item has two ratings"
NO_RATINGS = "no ratings"
NO_BLOCK = "no complete block"
NO_SPREAD = "1 item has no spread"

_OF_ITEMS: Mapping[str, Callable[[Sums], Floats]] = {
    "percent_agreement": percent.exact,
    "percent_within_one": percent.within_one,
    "alpha.nominal": krippendorff.nominal,
    "alpha.ordinal": krippendorff.ordinal,
    "alpha.interval": krippendorff.interval,
    "gwet_ac1": gwet.ac1,
    "gwet_ac2_quadratic": gwet.ac2_quadratic,
    "fleiss_kappa": fleiss.kappa,
    "brennan_prediger": brennan_prediger.coefficient,
}
_OF_MODAL_ITEMS: Mapping[str, Callable[[one_way.OneWay], Floats]] = {
    "icc.ICC(1,1)": one_way.OneWay.single,
    "icc.ICC(1,k)": one_way.OneWay.average,
}
_OF_BLOCK: Mapping[str, Callable[[two_way.TwoWay], Floats]] = {
    "icc.ICC(A,1)": two_way.TwoWay.agreement_single,
    "icc.ICC(C,1)": two_way.TwoWay.consistency_single,
    "icc.ICC(A,k)": two_way.TwoWay.agreement_average,
    "icc.ICC(C,k)": two_way.TwoWay.consistency_average,
}


@dataclass(frozen=True, kw_only=True)
class Used:
    """On how many each kind of coefficient rests."""

    pairable_items: int = 0  # alpha and observed agreement
    pairable_ratings: int = 0
    modal_items: int = 0  # ICC(1,.)
    modal_ratings_per_item: int = 0
    block_items: int = 0  # ICC(A,.) and ICC(C,.)
    block_raters: int = 0


@dataclass(frozen=True, kw_only=True)
class LeaveOneOut:
    """The headline's range when each rater is left out in turn, and who makes its ends."""

    low: float | None = None
    high: float | None = None
    low_without: str | None = None
    high_without: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    num_items: int
    num_raters: int
    num_ratings: int
    num_blank: int  # rows without a value
    used: Used
    estimates: Mapping[str, Estimate]  # by the names in `definitions`, "alpha.ordinal" for one
    leave_one_out: LeaveOneOut


def measure(ratings: Ratings, plan: Bootstrap, *, num_blank: int = 0) -> Agreement:
    counts = counting.count(ratings)
    figures = sums.tabulate(counts, ratings.levels_q)
    block = two_way.find_block(ratings)
    used = _describe_use(counts, figures, block)
    found = _estimate_from_block(block, plan)
    if used.pairable_items:
        found |= _estimate_from_counts(figures, counts, used, plan)
        found["conger_kappa"] = conger.estimate(
            ratings, counts, confidence=plan.confidence, reason=NO_VARIATION
        )
    missing = undefined(NO_PAIRS if len(ratings.items) else NO_RATINGS)
    return Agreement(
        num_items=len(ratings.items),
        num_raters=len(ratings.raters),
        num_ratings=len(ratings.items_r),
        num_blank=num_blank,
        used=used,
        estimates={name: found.get(name, missing) for name in DEFINITIONS},
        leave_one_out=_leave_one_out(ratings, counts, found.get(HEADLINE, missing)),
    )


def _describe_use(counts: Counts, figures: Figures, block: two_way.Block | None) -> Used:
    number_u, num_items_u = counts.num_ratings_u, counts.num_items_u
    is_pairable_u = number_u > 1
    return Used(
        pairable_items=int(num_items_u[is_pairable_u].sum()),
        pairable_ratings=int((number_u * num_items_u)[is_pairable_u].sum()),
        modal_items=int(num_items_u[number_u == figures.modal_count].sum()),
        modal_ratings_per_item=figures.modal_count,
        block_items=block.num_items if block else 0,
        block_raters=block.num_raters if block else 0,
    )


def _estimate_from_counts(
    figures: Figures, counts: Counts, used: Used, plan: Bootstrap
) -> dict[str, Estimate]:
    num_items_u = counts.num_items_u
    point = figures.name(num_items_u[None, :].astype(np.float64) @ figures.matrix_uf)
    resampled = figures.name(plan.draw(num_items_u, figures.matrix_uf))
    num_items = int(num_items_u.sum())
    found = {
        name: plan.estimate(
            float(compute(point)[0]), compute(resampled), num_items=num_items, reason=NO_VARIATION
        )
        for name, compute in _OF_ITEMS.items()
    }
    if used.modal_items < FEWEST_ITEMS:
        return found | dict.fromkeys(_OF_MODAL_ITEMS, undefined(NO_SPREAD))
    one, many = one_way.analyse(point), one_way.analyse(resampled)
    return found | {
        name: plan.estimate(
            float(compute(one)[0]), compute(many), num_items=used.modal_items, reason=NO_VARIATION
        )
        for name, compute in _OF_MODAL_ITEMS.items()
    }


def _estimate_from_block(block: two_way.Block | None, plan: Bootstrap) -> dict[str, Estimate]:
    if block is None:
        return dict.fromkeys(_OF_BLOCK, undefined(NO_BLOCK))
    if block.num_items < FEWEST_ITEMS:
        return dict.fromkeys(_OF_BLOCK, undefined(NO_SPREAD))
    one = two_way.analyse(block, block.add_up())
    many = two_way.analyse(block, block.draw(plan))
    return {
        name: plan.estimate(
            float(compute(one)[0]), compute(many), num_items=block.num_items, reason=NO_VARIATION
        )
        for name, compute in _OF_BLOCK.items()
    }


def _leave_one_out(ratings: Ratings, counts: Counts, headline: Estimate) -> LeaveOneOut:
    if headline.value is None:
        return LeaveOneOut(reason=headline.reason)
    alpha_g = leave_one_out.alphas(ratings, counts)
    if np.isnan(alpha_g).all():
        return LeaveOneOut(reason="no rater can be left out")
    low, high = int(np.nanargmin(alpha_g)), int(np.nanargmax(alpha_g))
    return LeaveOneOut(
        low=float(alpha_g[low]),
        high=float(alpha_g[high]),
        low_without=str(ratings.raters[low]),
        high_without=str(ratings.raters[high]),
    )
