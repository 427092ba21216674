"""Cliff's delta, against pingouin's rank-biserial correlation of all pairs."""

import numpy as np
import pingouin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.effects import cliff
from stats.effects.pairing import pair
from stats.effects.ratings import Ratings

from .conftest import Make


def test_it_is_pingouins_rank_biserial_correlation(make_study: Make) -> None:
    ratings = make_study()
    own, other = (ratings.value_n[ratings.arm.where(arm)] for arm in ("tuned", "base"))
    theirs = pingouin.mwu(own, other)["RBC"].iloc[0]
    found = cliff.estimate_delta(pair(ratings, "tuned", "base"), num_resamples=500)
    assert found.value == pytest.approx(theirs, abs=1e-6)
    assert (found.low or 0) < (found.value or 0) < (found.high or 0)


@given(st.lists(st.integers(1, 5), min_size=1), st.lists(st.integers(1, 5), min_size=1))
def test_it_counts_pairs(own: list[int], other: list[int]) -> None:
    signs = [(a > b) - (a < b) for a in own for b in other]
    arm, baseline = (np.bincount(each, minlength=6).astype(float) for each in (own, other))
    assert cliff.compute_delta(arm, baseline) == pytest.approx(np.mean(signs), abs=1e-12)


def test_numbers_of_levels_do_not_matter(make_study: Make) -> None:
    ratings = make_study()
    other = Ratings(**{**vars(ratings), "value_n": np.exp(ratings.value_n)})
    one, two = (
        cliff.estimate_delta(pair(each, "tuned", "base"), num_resamples=200)
        for each in (ratings, other)
    )
    assert one == two


def test_an_arm_that_is_always_above_is_at_1(make_study: Make) -> None:
    ratings = make_study()
    value_n = np.where(ratings.arm.where("tuned"), 3.0, 1.0)
    found = cliff.estimate_delta(
        pair(Ratings(**{**vars(ratings), "value_n": value_n}), "tuned", "base"), num_resamples=50
    )
    assert (found.value, found.low, found.high) == (1, 1, 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.ones, "no variation"),
        (lambda count: np.arange(count) / 7, "no interval for more than 100 levels"),
    ],
)
def test_without_an_interval_there_is_a_reason(
    make_study: Make, values: object, reason: str
) -> None:
    ratings = make_study()
    value_n = values(len(ratings))  # type: ignore[operator]
    found = cliff.estimate_delta(
        pair(Ratings(**{**vars(ratings), "value_n": value_n}), "tuned", "base")
    )
    assert found.value is not None
    assert found.low is None
    assert found.reason.startswith(reason)


def test_one_prompt_or_none_has_a_reason(make_study: Make) -> None:
    one = cliff.estimate_delta(pair(make_study(num_prompts=1, seed=4), "tuned", "base"))
    assert one.reason in ("1 prompt has no spread", "no variation")
    none = cliff.estimate_delta(pair(make_study(), "absent", "base"))
    assert (none.value, none.reason) == (None, "no prompt has ratings of both arms")
