"""Bootstrap over items, drawn as a multinomial over distinct rows, and its percentile interval.

Efron and Tibshirani 1993, 13.3. The interval says what other items would have given *these raters*;
it is too narrow for other raters.

Legend of shapes: u distinct rows, f figures of a row that are summed over items, b resamples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.estimate import Estimate, undefined

Floats = NDArray[np.float64]
_LARGEST_BLOCK = 2**22  # weights, or items drawn, that are held at once
_COST_OF_A_ROW = 5  # as many times an item's, when items are drawn one by one
FEWEST_ITEMS = 2


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    num_resamples: int = 2000
    seed: int = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.num_resamples < 1 or not 0 < self.confidence < 1:
            raise ValueError(
                f"{self.num_resamples} resamples with confidence {self.confidence:g} give no "
                "interval."
            )

    def draw(self, num_items_u: NDArray[np.int64], figures_uf: Floats) -> Floats:
        """The sums of the figures over the items of each resample: (b, f)."""
        random = np.random.default_rng(self.seed)
        sums_bf = np.empty((self.num_resamples, figures_uf.shape[1]))
        if not len(num_items_u):
            return np.zeros_like(sums_bf)
        num_items, num_rows = int(num_items_u.sum()), len(num_items_u)
        draw = _draw_rows if num_rows * _COST_OF_A_ROW <= num_items else _draw_items
        block = max(1, _LARGEST_BLOCK // (num_rows if draw is _draw_rows else num_items))
        for start in range(0, self.num_resamples, block):
            stop = min(start + block, self.num_resamples)
            sums_bf[start:stop] = draw(random, num_items_u, stop - start) @ figures_uf
        return sums_bf

    def estimate(
        self, value: float, resampled_b: Floats, *, num_items: int, reason: str
    ) -> Estimate:
        """`reason`: why the value is undefined where it is NaN, here or in a resample.

        Undefined resamples count as lying outside on both sides. So few of them widen the
        interval a little, and many leave none.
        """
        if np.isnan(value):
            return undefined(reason)
        if num_items < FEWEST_ITEMS:
            return Estimate(value=value, reason=f"{num_items} item has no spread")
        is_undefined_b = np.isnan(resampled_b)
        num_undefined = int(is_undefined_b.sum())
        tail = (1 - self.confidence) / 2
        if num_undefined > np.floor(tail * (self.num_resamples - 1)):
            spoiled = f"{reason} in {num_undefined:,} of {self.num_resamples:,} resamples"
            return Estimate(value=value, reason=spoiled)
        low = np.quantile(np.where(is_undefined_b, -np.inf, resampled_b), tail)
        high = np.quantile(np.where(is_undefined_b, np.inf, resampled_b), 1 - tail)
        return Estimate(value=value, low=float(low), high=float(high))


def _draw_rows(
    random: np.random.Generator, num_items_u: NDArray[np.int64], num_resamples: int
) -> Floats:
    """How often each row was drawn: (b, u)."""
    num_items = int(num_items_u.sum())
    drawn_bu = random.multinomial(num_items, num_items_u / num_items, size=num_resamples)
    return drawn_bu.astype(np.float64)


def _draw_items(
    random: np.random.Generator, num_items_u: NDArray[np.int64], num_resamples: int
) -> Floats:
    """The same distribution: quicker where rows are not much fewer than items."""
    num_items, num_rows = int(num_items_u.sum()), len(num_items_u)
    row_i = np.repeat(np.arange(num_rows), num_items_u)
    cells_bi = row_i[random.integers(0, num_items, size=(num_resamples, num_items))]
    cells_bi += np.arange(num_resamples)[:, None] * num_rows
    drawn = np.bincount(cells_bi.ravel(), minlength=num_resamples * num_rows)
    return drawn.reshape(num_resamples, num_rows).astype(np.float64)
