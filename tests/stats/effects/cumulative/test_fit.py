"""The cumulative-link mixed model, against the `ordinal` package's published fits and limits.

The wine data (Randall 1989; 72 ratings of bitterness, nine judges, eight bottles) and the fits are
those of Christensen's tutorials for `ordinal`: clm with temperature and contact has the
log-likelihood -86.49; clmm with a random intercept for judges -81.57, by Laplace's approximation.
"""

import numpy as np
import pytest

from stats.effects.cumulative import fit as fitting
from stats.effects.cumulative.fit import SMALLEST_SCALE, fit
from stats.effects.cumulative.laplace import Data, Laplace, NotConverged, Parameters
from stats.labels import Codes

WINE = np.array(
    [
        [2, 3, 3, 4, 4, 4, 5, 5], [1, 2, 1, 3, 2, 3, 5, 4], [2, 3, 3, 2, 5, 5, 4, 4],
        [3, 2, 3, 2, 3, 2, 5, 3], [2, 3, 4, 3, 3, 3, 3, 3], [3, 2, 3, 2, 2, 4, 5, 4],
        [1, 1, 2, 2, 2, 3, 2, 3], [2, 2, 2, 3, 3, 3, 3, 4], [1, 2, 3, 2, 3, 2, 4, 4],
    ]
)  # fmt: skip
WARM = np.tile([0, 0, 0, 0, 1, 1, 1, 1], 9)
CONTACT = np.tile([0, 0, 1, 1, 0, 0, 1, 1], 9)


def make_wine(bottle_n: Codes) -> Data:
    return Data(
        level_n=WINE.reshape(-1) - 1,
        design_nk=np.column_stack([WARM, CONTACT]).astype(float),
        item_n=bottle_n,
        rater_n=np.repeat(np.arange(9), 8),
        num_items=int(bottle_n.max()) + 1,
        num_raters=9,
    )


def test_the_published_fit_of_the_wine_data() -> None:
    """All bottles as one item: an intercept that thresholds have already, so that it vanishes."""
    found = fit(make_wine(np.zeros(72, dtype=np.intp)))
    assert found.log_likelihood == pytest.approx(-81.57, abs=0.005)
    assert found.slope_k == pytest.approx([3.0630, 1.8349], abs=5e-5)
    assert found.error_k == pytest.approx([0.5954, 0.5125], abs=1e-4)
    assert found.threshold_t == pytest.approx([-1.6237, 1.5134, 4.2285, 6.0888], abs=5e-5)
    assert found.rater_scale**2 == pytest.approx(1.279, abs=1e-3)
    assert found.item_scale == pytest.approx(SMALLEST_SCALE)


def test_bottles_add_nothing_to_the_wine_data() -> None:
    found = fit(make_wine(np.tile(np.arange(8), 9)))
    assert found.item_scale == pytest.approx(SMALLEST_SCALE)
    assert found.slope_k == pytest.approx([3.0630, 1.8349], abs=5e-5)


def test_without_spread_of_raters_and_items_it_is_the_plain_cumulative_model() -> None:
    at = Parameters(
        threshold_t=np.array([-1.3444, 1.2508, 3.4669, 5.0064]),
        slope_k=np.array([2.5031, 1.5278]),
        item_scale=SMALLEST_SCALE,
        rater_scale=SMALLEST_SCALE,
    )
    found = Laplace(make_wine(np.zeros(72, dtype=np.intp))).evaluate(at)
    assert found.log_likelihood == pytest.approx(-86.49, abs=0.005)
    assert found.by_slope_k == pytest.approx([0, 0], abs=2e-3)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    search = fitting._Search(make_wine(np.tile(np.arange(8), 9)))
    unknown_v = search._begin() + 0.1
    _, gradient_v = search.evaluate(unknown_v)
    for place, step in enumerate(np.eye(len(unknown_v)) * 1e-5):
        up, down = search.evaluate(unknown_v + step)[0], search.evaluate(unknown_v - step)[0]
        assert gradient_v[place] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_arms_whose_levels_do_not_overlap_have_no_fit() -> None:
    is_arm = np.repeat([0.0, 1.0], 30)
    data = Data(
        level_n=np.repeat([0, 1], 30),
        design_nk=is_arm[:, None],
        item_n=np.arange(60) // 2,
        rater_n=np.arange(60) % 4,
        num_items=30,
        num_raters=4,
    )
    with pytest.raises(NotConverged):
        fit(data)
