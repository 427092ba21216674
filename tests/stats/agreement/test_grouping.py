"""Sums over rows of counts are what a loop over items gives, and so is their bootstrap."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stats.agreement import counts, resampling, sums
from stats.agreement.coefficients import gwet, krippendorff
from stats.agreement.counts import Counts
from stats.agreement.ratings import Ratings
from stats.agreement.resampling import Bootstrap
from tests.ratings import Floats, draw_values, to_ratings

TABLES = arrays.arrays(
    np.int64,
    st.tuples(st.integers(1, 12), st.integers(1, 8)),
    elements=st.integers(0, 6) | st.just(2**15),
)


@given(TABLES)
def test_equal_rows_are_found_in_rising_order(table: np.ndarray) -> None:
    first, which, number = counts.group_rows(table)
    distinct = [tuple(row) for row in table[first]]
    assert distinct == sorted({tuple(row) for row in table})
    np.testing.assert_array_equal(table[first][which], table)
    np.testing.assert_array_equal(number, np.bincount(which))


def loop_alpha(values_ig: Floats) -> float:
    """Krippendorff's nominal alpha, pair by pair."""
    observed, together = 0.0, []
    for item in values_ig:
        given_here = item[~np.isnan(item)]
        if len(given_here) > 1:
            together += list(given_here)
            unequal = (given_here[:, None] != given_here).sum()
            observed += unequal / (len(given_here) - 1)
    pooled = np.array(together)
    by_chance = (pooled[:, None] != pooled).sum() / (len(pooled) - 1)
    return 1 - observed / by_chance


def loop_ac1(values_ig: Floats, num_levels: int = 5) -> float:
    agreements, shares = [], []
    for item in values_ig:
        given_here = item[~np.isnan(item)]
        if len(given_here) > 1:
            same = (given_here[:, None] == given_here).sum() - len(given_here)
            agreements.append(same / (len(given_here) * (len(given_here) - 1)))
        if len(given_here):
            shares.append([(given_here == level).mean() for level in range(1, num_levels + 1)])
    share = np.mean(shares, axis=0)
    by_chance = (share * (1 - share)).sum() / (num_levels - 1)
    return float((np.mean(agreements) - by_chance) / (1 - by_chance))


def prepare(values_gi: Floats) -> tuple[Ratings, Counts, sums.Figures]:
    ratings = to_ratings(values_gi)
    grouped = counts.count(ratings)
    return ratings, grouped, sums.tabulate(grouped, ratings.levels_q)


@pytest.mark.parametrize("seed", range(3))
def test_grouped_sums_give_what_a_loop_over_items_gives(seed: int) -> None:
    values = draw_values(seed, gaps=0.5)
    _, grouped, figures = prepare(values)
    once = figures.name(grouped.num_items_u[None, :] @ figures.matrix_uf)
    assert krippendorff.nominal(once)[0] == pytest.approx(loop_alpha(values.T), abs=1e-12)
    assert gwet.ac1(once)[0] == pytest.approx(loop_ac1(values.T), abs=1e-12)


@pytest.mark.parametrize("cost", [0, 10**9])
def test_the_bootstrap_by_rows_has_the_distribution_of_a_loop(
    monkeypatch: pytest.MonkeyPatch, cost: int
) -> None:
    """By multinomial and by drawing items one by one."""
    monkeypatch.setattr(resampling, "_COST_OF_A_ROW", cost)
    values = draw_values(11, num_raters=3, num_items=120, gaps=0.1)
    values = values[:, (~np.isnan(values)).any(axis=0)]
    _, grouped, figures = prepare(values)
    drawn = Bootstrap(num_resamples=4000).draw(grouped.num_items_u, figures.matrix_uf)
    ours = np.array([krippendorff.nominal(figures.name(drawn)), gwet.ac1(figures.name(drawn))])
    random = np.random.default_rng(1)
    num_items = values.shape[1]
    resampled = [values.T[random.integers(0, num_items, num_items)] for _ in range(1000)]
    theirs = np.array(
        [[loop_alpha(each) for each in resampled], [loop_ac1(each) for each in resampled]]
    )
    spread = theirs.std(axis=1)
    np.testing.assert_allclose(ours.mean(axis=1), theirs.mean(axis=1), atol=0.15 * spread.max())
    np.testing.assert_allclose(ours.std(axis=1), spread, rtol=0.1)
    tails = [0.025, 0.5, 0.975]
    np.testing.assert_allclose(
        np.quantile(ours, tails, axis=1),
        np.quantile(theirs, tails, axis=1),
        atol=0.3 * spread.max(),
    )


@pytest.mark.parametrize("cost", [0, 10**9])
def test_blocks_of_any_size_draw_the_same(monkeypatch: pytest.MonkeyPatch, cost: int) -> None:
    monkeypatch.setattr(resampling, "_COST_OF_A_ROW", cost)
    _, grouped, figures = prepare(draw_values(1))
    plan = Bootstrap(num_resamples=50, seed=3)
    whole = plan.draw(grouped.num_items_u, figures.matrix_uf)
    monkeypatch.setattr(resampling, "_LARGEST_BLOCK", 7 * len(grouped.num_items_u))
    np.testing.assert_allclose(plan.draw(grouped.num_items_u, figures.matrix_uf), whole)


def test_another_seed_draws_another_sample() -> None:
    _, grouped, figures = prepare(draw_values(1))
    one, other = (
        Bootstrap(num_resamples=5, seed=seed).draw(grouped.num_items_u, figures.matrix_uf)
        for seed in (0, 1)
    )
    assert not np.allclose(one, other)


def test_a_few_undefined_resamples_widen_the_interval_and_many_leave_none() -> None:
    plan = Bootstrap(num_resamples=1000)
    resampled = np.linspace(0, 1, 1000)
    widths = []
    for num_undefined in (0, 10, 24):
        resampled[:num_undefined] = np.nan
        found = plan.estimate(0.5, resampled, num_items=9, reason="no variation")
        widths.append((found.high or 0) - (found.low or 0))
    assert all(one < other for one, other in pairwise(widths))
    resampled[:25] = np.nan
    found = plan.estimate(0.5, resampled, num_items=9, reason="no variation")
    assert (found.value, found.low) == (0.5, None)
    assert found.reason == "no variation in 25 of 1,000 resamples"


@pytest.mark.parametrize("more", [{"num_resamples": 0}, {"confidence": 1.0}])
def test_a_plan_that_gives_no_interval_is_refused(more: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="give no interval"):
        Bootstrap(**more)  # type: ignore[arg-type]
