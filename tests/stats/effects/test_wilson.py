"""Wilson's interval, against the example that Newcombe (1998) works out, Statistics in Medicine 17,
857-872, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.effects import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson.compute_interval(successes, trials)
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000), st.data())
def test_the_interval_holds_the_proportion_and_mirrors_its_opposite(
    trials: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson.compute_interval(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1
    opposite = wilson.compute_interval(trials - successes, trials)
    assert opposite == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_more_trials_make_it_narrower() -> None:
    widths = [
        high - low
        for low, high in (wilson.compute_interval(2 * n, 5 * n) for n in (1, 10, 100, 1000))
    ]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(("successes", "trials"), [(1, 0), (-1, 4), (5, 4), (0, 0)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        wilson.compute_interval(successes, trials)


def test_a_confidence_is_between_0_and_1() -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        wilson.compute_interval(1, 2, confidence=1)
