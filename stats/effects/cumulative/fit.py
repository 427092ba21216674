"""Fits the cumulative-link mixed model by maximum (Laplace) likelihood.

Thresholds are searched by their first and the logarithms of their gaps, scales by their logarithms,
so that every point of the search is a model. Standard errors are those of the observed information,
taken by differences of the exact gradient. A scale that shrinks to nothing stays at its bound.

Legend of shapes: k slopes, t thresholds, v = t + k + 2 unknowns.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.special import logit

from stats.effects.cumulative.laplace import Data, Laplace, NotConverged, Parameters
from stats.labels import Mask, Numbers

SMALLEST_SCALE = 1e-3
_BOUNDS = (float(np.log(SMALLEST_SCALE)), float(np.log(1e2)))
_LARGEST_SLOPE = 15.0  # odds of three million: the levels of two arms do not overlap
_STEP = 1e-4
_GRADIENT = 1e-3  # what may be left of it, for the model to count as fitted


@dataclass(frozen=True, kw_only=True)
class Fit:
    slope_k: Numbers
    error_k: Numbers  # standard errors
    threshold_t: Numbers
    item_scale: float
    rater_scale: float
    log_likelihood: float


def fit(data: Data) -> Fit:
    """Raises NotConverged, with what went wrong."""
    search = _Search(data)
    unknown_v = search.find_best()
    at = search.unpack(unknown_v)
    if np.abs(at.slope_k).max(initial=0) > _LARGEST_SLOPE:
        raise NotConverged("the levels of the arms do not overlap")
    log_likelihood, gradient_v = search.evaluate(unknown_v)
    free_v = search.find_free(unknown_v)
    if np.abs(gradient_v[free_v]).max() > _GRADIENT * max(1.0, len(data.level_n) / 1000):
        raise NotConverged("the search for the most likely model ended early")
    error_v = search.measure_errors(unknown_v, free_v)
    return Fit(
        slope_k=at.slope_k,
        error_k=error_v[search.slopes],
        threshold_t=at.threshold_t,
        item_scale=at.item_scale,
        rater_scale=at.rater_scale,
        log_likelihood=log_likelihood,
    )


class _Search:
    """Walks over vectors of unknowns: first threshold, log gaps, slopes, two log scales."""

    def __init__(self, data: Data) -> None:
        self._surface = Laplace(data)
        self._count_c = np.bincount(data.level_n)
        self._num_thresholds = len(self._count_c) - 1
        num_slopes = data.design_nk.shape[1]
        self.slopes = slice(self._num_thresholds, self._num_thresholds + num_slopes)

    def find_best(self) -> Numbers:
        num_unbounded = self.slopes.stop
        bounds = [(None, None)] * num_unbounded + [_BOUNDS] * 2
        found = optimize.minimize(
            self._lower,
            self._begin(),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-6},
        )
        return np.asarray(found.x, dtype=np.float64)

    def evaluate(self, unknown_v: Numbers) -> tuple[float, Numbers]:
        """The log-likelihood and its gradient."""
        at = self.unpack(unknown_v)
        found = self._surface.evaluate(at)
        # Each gap moves its own threshold and all above it.
        above_t = found.by_threshold_t[::-1].cumsum()[::-1]
        gaps = np.exp(unknown_v[1 : self._num_thresholds])
        by_v: list[Numbers] = [
            above_t[:1],
            above_t[1:] * gaps,
            found.by_slope_k,
            np.array([found.by_item_scale * at.item_scale, found.by_rater_scale * at.rater_scale]),
        ]
        return found.log_likelihood, np.concatenate(by_v)

    def unpack(self, unknown_v: Numbers) -> Parameters:
        num = self._num_thresholds
        gaps = np.exp(unknown_v[1:num])
        item_scale, rater_scale = np.exp(unknown_v[-2:])
        return Parameters(
            threshold_t=unknown_v[0] + np.concatenate([[0.0], gaps.cumsum()]),
            slope_k=unknown_v[self.slopes],
            item_scale=float(item_scale),
            rater_scale=float(rater_scale),
        )

    def find_free(self, unknown_v: Numbers) -> Mask:
        """Those that are not held by a bound."""
        free_v = np.ones(len(unknown_v), dtype=np.bool_)
        free_v[-2:] = unknown_v[-2:] > _BOUNDS[0] + _STEP
        return free_v

    def measure_errors(self, unknown_v: Numbers, free_v: Mask) -> Numbers:
        places = np.flatnonzero(free_v)
        rows = []
        for place in places:
            step_v = np.zeros(len(unknown_v))
            step_v[place] = _STEP
            (_, up_v), (_, down_v) = (
                self.evaluate(unknown_v + step_v),
                self.evaluate(unknown_v - step_v),
            )
            rows.append((down_v - up_v)[places] / (2 * _STEP))
        information = np.array(rows)
        information = (information + information.T) / 2
        try:
            variance = np.diag(np.linalg.inv(information))
        except np.linalg.LinAlgError as error:
            raise NotConverged("the likelihood has no curvature") from error
        if np.linalg.eigvalsh(information)[0] <= 0:
            raise NotConverged("the likelihood has no single highest point")
        error_v = np.full(len(unknown_v), np.nan)
        error_v[places] = np.sqrt(variance)
        return error_v

    def _lower(self, unknown_v: Numbers) -> tuple[float, Numbers]:
        log_likelihood, gradient_v = self.evaluate(unknown_v)
        return -log_likelihood, -gradient_v

    def _begin(self) -> Numbers:
        """The levels as they are over all arms, and moderate spreads."""
        shares = self._count_c.cumsum()[:-1] / self._count_c.sum()
        thresholds = logit(shares)
        scales = np.log([0.5, 0.5])
        slopes = np.zeros(self.slopes.stop - self.slopes.start)
        return np.concatenate([thresholds[:1], np.log(np.diff(thresholds)), slopes, scales])
