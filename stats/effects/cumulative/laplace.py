"""The likelihood of a cumulative logit model with two crossed random intercepts, by Laplace.

    logit P(level <= c) = threshold_c - predictor
    predictor           = design @ slope + item_scale * z_item + rater_scale * z_rater

with standard normal z. For given parameters the most likely z is found by Newton's method; around
it the likelihood is taken for a normal one (Pinheiro and Bates 1995; for this model Christensen's
`ordinal`). Each rating has one item, so that the curvature among items is diagonal and is
eliminated: what must be inverted is as large as there are raters.

Legend of shapes: n ratings, k slopes, t thresholds, i items, r raters.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from stats.labels import Codes, Numbers

_MOST_STEPS = 100
_SMALL_STEP = 1e-9


class NotConverged(ArithmeticError):
    """The random intercepts have no most likely value that could be found."""


@dataclass(frozen=True, kw_only=True)
class Data:
    level_n: Codes  # 0 to t
    design_nk: Numbers
    item_n: Codes
    rater_n: Codes
    num_items: int
    num_raters: int


@dataclass(frozen=True, kw_only=True)
class Parameters:
    threshold_t: Numbers  # rising
    slope_k: Numbers
    item_scale: float
    rater_scale: float


@dataclass(frozen=True, kw_only=True)
class Slope:
    """The log-likelihood and how it changes with every parameter."""

    log_likelihood: float
    by_threshold_t: Numbers
    by_slope_k: Numbers
    by_item_scale: float
    by_rater_scale: float


@dataclass(frozen=True)
class _Links:
    """Of each rating: the shares below its level's upper and lower bound, and what follows."""

    upper_n: Numbers
    lower_n: Numbers
    log_share: float
    gradient_n: Numbers  # by the linear predictor
    weight_n: Numbers  # minus the second derivative


@dataclass(frozen=True)
class _Curvature:
    """The negative Hessian by z, its items eliminated."""

    item_i: Numbers
    cross_ir: Numbers
    inverse_rr: Numbers
    log_determinant: float

    def solve(self, item_i: Numbers, rater_r: Numbers) -> tuple[Numbers, Numbers]:
        reduced = rater_r - self.cross_ir.T @ (item_i / self.item_i)
        raters = self.inverse_rr @ reduced
        return (item_i - self.cross_ir @ raters) / self.item_i, raters


class Laplace:
    """Remembers the last random intercepts, from which the next search begins."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._z_i = np.zeros(data.num_items)
        self._z_r = np.zeros(data.num_raters)

    def evaluate(self, at: Parameters) -> Slope:
        links, curved = self._find_mode(at)
        data, item_scale, rater_scale = self._data, at.item_scale, at.rater_scale
        log_likelihood = (
            links.log_share
            - (self._z_i @ self._z_i + self._z_r @ self._z_r) / 2
            - curved.log_determinant / 2
        )
        spread_n, by_item, by_rater = self._spread(curved, at)
        upper_turn, lower_turn = _turn(links.upper_n), _turn(links.lower_n)
        # How the curvature's determinant changes with the predictor of each rating, and through it.
        third_n = -spread_n * (upper_turn + lower_turn)
        item_i, rater_r = curved.solve(
            item_scale * self._by_item(third_n), rater_scale * self._by_rater(third_n)
        )
        pulled_n = item_scale * item_i[data.item_n] + rater_scale * rater_r[data.rater_n]
        # By the predictor, all in all.
        total_n = links.gradient_n - (third_n - links.weight_n * pulled_n) / 2
        z_item_n, z_rater_n = self._z_i[data.item_n], self._z_r[data.rater_n]
        gradient_n = links.gradient_n
        return Slope(
            log_likelihood=float(log_likelihood),
            by_threshold_t=self._by_threshold(at, links, spread_n, pulled_n),
            by_slope_k=data.design_nk.T @ total_n,
            by_item_scale=float(
                z_item_n @ total_n - links.weight_n @ by_item - gradient_n @ item_i[data.item_n] / 2
            ),
            by_rater_scale=float(
                z_rater_n @ total_n
                - links.weight_n @ by_rater
                - gradient_n @ rater_r[data.rater_n] / 2
            ),
        )

    def _find_mode(self, at: Parameters) -> tuple[_Links, _Curvature]:
        links = self._link(at, self._z_i, self._z_r)
        for _ in range(_MOST_STEPS):
            curved = self._curve(at, links)
            step_i, step_r = curved.solve(
                at.item_scale * self._by_item(links.gradient_n) - self._z_i,
                at.rater_scale * self._by_rater(links.gradient_n) - self._z_r,
            )
            links = self._step(at, links, step_i, step_r)
            largest = max(np.abs(step_i).max(initial=0), np.abs(step_r).max(initial=0))
            if largest < _SMALL_STEP:
                return links, self._curve(at, links)
        raise NotConverged("the random intercepts were not found")

    def _step(self, at: Parameters, links: _Links, step_i: Numbers, step_r: Numbers) -> _Links:
        """As far as it helps: the full step nearly always does."""
        before = links.log_share - (self._z_i @ self._z_i + self._z_r @ self._z_r) / 2
        share = 1.0
        for _ in range(30):
            z_i, z_r = self._z_i + share * step_i, self._z_r + share * step_r
            found = self._link(at, z_i, z_r)
            after = found.log_share - (z_i @ z_i + z_r @ z_r) / 2
            if after >= before - 1e-9 * abs(before):
                self._z_i, self._z_r = z_i, z_r
                return found
            share /= 2
        raise NotConverged("the random intercepts were not found")

    def _link(self, at: Parameters, z_i: Numbers, z_r: Numbers) -> _Links:
        data = self._data
        predictor_n = (
            data.design_nk @ at.slope_k
            + at.item_scale * z_i[data.item_n]
            + at.rater_scale * z_r[data.rater_n]
        )
        bounds = np.concatenate([[-np.inf], at.threshold_t, [np.inf]])
        above_n, below_n = (
            bounds[data.level_n + 1] - predictor_n,
            bounds[data.level_n] - predictor_n,
        )
        upper_n, lower_n = expit(above_n), expit(below_n)
        # F(a) - F(b) = F(a) F(-b) (1 - exp(b - a)): no digit is lost where both are near 0 or 1.
        gap_t = np.diff(bounds)
        apart = np.log(-np.expm1(-gap_t))[data.level_n]
        share = log_expit(above_n) + log_expit(-below_n) + apart
        weight_n = upper_n * (1 - upper_n) + lower_n * (1 - lower_n)
        return _Links(upper_n, lower_n, float(share.sum()), upper_n + lower_n - 1, weight_n)

    def _curve(self, at: Parameters, links: _Links) -> _Curvature:
        data = self._data
        item_i = 1 + at.item_scale**2 * self._by_item(links.weight_n)
        cell_n = data.item_n * data.num_raters + data.rater_n
        size = data.num_items * data.num_raters
        counted = np.bincount(cell_n, weights=links.weight_n, minlength=size)
        cross_ir = at.item_scale * at.rater_scale * counted.reshape(-1, data.num_raters)
        rater_r = 1 + at.rater_scale**2 * self._by_rater(links.weight_n)
        reduced_rr = np.diag(rater_r) - cross_ir.T @ (cross_ir / item_i[:, None])
        _, log_determinant = np.linalg.slogdet(reduced_rr)
        return _Curvature(
            item_i,
            np.asarray(cross_ir, dtype=np.float64),
            np.asarray(np.linalg.inv(reduced_rr), dtype=np.float64),
            float(np.log(item_i).sum() + log_determinant),
        )

    def _spread(self, curved: _Curvature, at: Parameters) -> tuple[Numbers, Numbers, Numbers]:
        """Of each rating, the variance of its predictor, and half its derivatives by the scales."""
        data = self._data
        product_ir = curved.cross_ir @ curved.inverse_rr
        own_i = 1 / curved.item_i + (product_ir * curved.cross_ir).sum(axis=1) / curved.item_i**2
        item_n, rater_n = data.item_n, data.rater_n
        both_n = -product_ir[item_n, rater_n] / curved.item_i[item_n]
        own_n, other_n = own_i[item_n], np.diag(curved.inverse_rr)[rater_n]
        by_item = at.item_scale * own_n + at.rater_scale * both_n
        by_rater = at.item_scale * both_n + at.rater_scale * other_n
        return at.item_scale * by_item + at.rater_scale * by_rater, by_item, by_rater

    def _by_threshold(
        self, at: Parameters, links: _Links, spread_n: Numbers, pulled_n: Numbers
    ) -> Numbers:
        """Each threshold is the upper bound of one level and the lower bound of the next."""
        data = self._data
        num = len(at.threshold_t)
        upper, lower = links.upper_n, links.lower_n
        gap_t = np.concatenate([[np.inf], np.diff(at.threshold_t), [np.inf]])
        pushed = (np.exp(-gap_t) / -np.expm1(-gap_t))[data.level_n]
        slope_upper, slope_lower = upper * (1 - upper), lower * (1 - lower)
        by_upper = 1 - upper + pushed - (spread_n * _turn(upper) + slope_upper * pulled_n) / 2
        by_lower = -lower - pushed - (spread_n * _turn(lower) + slope_lower * pulled_n) / 2
        up = np.bincount(data.level_n, weights=by_upper, minlength=num + 1)
        down = np.bincount(data.level_n, weights=by_lower, minlength=num + 1)
        return np.asarray(up[:-1] + down[1:], dtype=np.float64)

    def _by_item(self, value_n: Numbers) -> Numbers:
        sums = np.bincount(self._data.item_n, weights=value_n, minlength=self._data.num_items)
        return np.asarray(sums, dtype=np.float64)

    def _by_rater(self, value_n: Numbers) -> Numbers:
        sums = np.bincount(self._data.rater_n, weights=value_n, minlength=self._data.num_raters)
        return np.asarray(sums, dtype=np.float64)


def _turn(share_n: Numbers) -> Numbers:
    """The derivative of the density F (1 - F)."""
    return share_n * (1 - share_n) * (1 - 2 * share_n)
