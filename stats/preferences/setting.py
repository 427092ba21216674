"""What is asked of a bootstrap over raters, and how its interval is taken."""

from dataclasses import dataclass

import numpy as np

from stats.estimate import Estimate
from stats.labels import Codes, Mask, Numbers, compact
from stats.resampling import NUM_RESAMPLES, draw, take_percentiles

BOOTSTRAP = "bootstrap over raters, percentile interval"
_MOST_UNDEFINED = 0.01  # of resamples: the rest would not speak for all


class PreferencesWrong(ValueError):
    """Votes or rankings that cannot be compared, and why."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    num_resamples: int = NUM_RESAMPLES
    seed: int = 0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.num_resamples < 1 or not 0 < self.confidence < 1:
            raise PreferencesWrong(
                f"{self.num_resamples} resamples with confidence {self.confidence:g} give no "
                "interval."
            )


def draw_raters(rater_n: Codes, cell_n: Codes, num_cells: int, setting: Setting) -> Numbers:
    """Counts of each cell in every resample of the raters, b by cells."""
    rater_n, num_raters = compact(rater_n)
    counted = np.bincount(rater_n * num_cells + cell_n, minlength=num_raters * num_cells)
    count_rc = counted.reshape(num_raters, num_cells).astype(np.float64)
    drawn_bc = np.empty((setting.num_resamples, num_cells))
    each = np.ones(num_raters, dtype=np.intp)
    for place, drawn_br in draw(each, setting.num_resamples, setting.seed):
        drawn_bc[place] = drawn_br @ count_rc
    return drawn_bc


def take_interval(
    value: float, resampled_b: Numbers, is_found_b: Mask, num_raters: int, setting: Setting
) -> Estimate:
    if num_raters < 2:  # noqa: PLR2004 - one rater is always drawn
        return Estimate(value=value, reason=f"{num_raters} rater has no spread")
    num_undefined = int((~is_found_b).sum())
    told = f"{num_undefined:,} of {setting.num_resamples:,} resamples"
    if num_undefined > _MOST_UNDEFINED * setting.num_resamples:
        return Estimate(value=value, reason=f"undefined in {told}")
    found = take_percentiles(value, resampled_b[is_found_b], setting.confidence)
    reason = f"without {told}, where it is undefined" if num_undefined else ""
    return Estimate(value=value, low=found.low, high=found.high, reason=reason)
