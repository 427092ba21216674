"""Tests and intervals that take prompts for independent: sign flips, Wilcoxon, the bootstrap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from stats.effects import paired_bootstrap, prompt_bootstrap, sign_flip, wilcoxon

# Darwin's crossed and self-fertilised maize, differences in eighths of an inch, as Fisher (1935,
# The Design of Experiments, 21) has them: 1,726 of 32,768 sign patterns go as far.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=np.float64)


def test_fishers_count_of_darwins_maize() -> None:
    found = sign_flip.compute(DARWIN)
    assert found.p_value.value == 1726 / 32768
    assert (found.num_draws, found.seed) == (None, None)


def test_wilcoxons_p_of_darwins_maize() -> None:
    """scipy documents 0.041259765625 for these plants."""
    found = wilcoxon.compute(DARWIN)
    assert found.p_value.value == 0.041259765625
    assert (found.method, found.num_zeros) == ("exact", 0)


def test_drawn_sign_flips_come_near_the_count_of_all() -> None:
    random = np.random.default_rng(2)
    differences = random.choice([-1, -0.5, 0, 0.5, 1, 1.5], 30)
    found = sign_flip.compute(differences, num_draws=20_000, seed=1)
    exact = oracle.permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=100_000,
        rng=np.random.default_rng(0),
    ).pvalue  # fmt: skip
    assert found.p_value.value == pytest.approx(exact, abs=0.01)
    assert (found.num_draws, found.seed) == (20_000, 1)


def test_drawn_p_is_never_0_and_the_same_for_the_same_seed() -> None:
    sure = sign_flip.compute(np.ones(40), num_draws=99)
    assert sure.p_value.value == 1 / 100
    assert sure == sign_flip.compute(np.ones(40), num_draws=99)


@given(st.lists(st.sampled_from([-1.0, -1 / 3, 0.0, 1 / 3, 2 / 3]), min_size=1, max_size=10))
def test_few_prompts_give_the_p_of_scipys_exact_permutation(differences: list[float]) -> None:
    found = sign_flip.compute(np.array(differences)).p_value
    if not any(differences):
        assert found.reason == "no prompt differs"
        return
    kept = np.array([each for each in differences if each])
    signs = 1 - 2 * ((np.arange(2 ** len(kept))[:, None] >> np.arange(len(kept))) & 1)
    as_far = np.abs(signs @ kept) >= abs(kept.sum()) - 1e-9
    assert found.value == pytest.approx(as_far.mean(), abs=1e-12)


def test_zeros_are_ranked_and_then_dropped_as_pratt_says() -> None:
    differences = np.array([0, 0, 0, 1, 1, -1, 2, 2, 0.5, 1, 0, -0.5, 1.5, 2])
    found = wilcoxon.compute(differences)
    theirs = oracle.wilcoxon(differences, zero_method="pratt", method="asymptotic")
    assert found.p_value.value == pytest.approx(theirs.pvalue, abs=1e-12)
    assert (found.method, found.num_zeros) == ("normal approximation", 4)


@pytest.mark.parametrize(
    ("differences", "reason"),
    [([], "no prompt has ratings of both arms"), ([0, 0], "no prompt differs")],
)
def test_nothing_to_test_has_a_reason(differences: list[float], reason: str) -> None:
    assert sign_flip.compute(np.array(differences)).p_value.reason == reason
    assert wilcoxon.compute(np.array(differences)).p_value.reason == reason


def test_the_bootstrap_over_distinct_differences_is_the_bootstrap_over_prompts() -> None:
    random = np.random.default_rng(5)
    differences = random.choice([-2, -1, -1 / 3, 0, 1 / 3, 1], 200)
    grouped = prompt_bootstrap.estimate_mean(differences, num_resamples=20_000, seed=1)
    plain = paired_bootstrap.compare(
        [np.zeros(200), differences], num_resamples=20_000, seed=2
    ).of_variants[1].difference  # fmt: skip
    assert grouped.value == pytest.approx(plain.value, abs=1e-12)
    width = (plain.high or 0) - (plain.low or 0)
    assert grouped.low == pytest.approx(plain.low, abs=0.03 * width)
    assert grouped.high == pytest.approx(plain.high, abs=0.03 * width)


@pytest.mark.parametrize(
    ("differences", "value", "reason"),
    [
        ([], None, "no prompt has ratings of both arms"),
        ([1.0], 1, "1 prompt has no spread"),
        ([1.0, 1.0], 1, "no variation"),
    ],
)
def test_a_bootstrap_without_spread_has_no_interval(
    differences: list[float], value: float | None, reason: str
) -> None:
    found = prompt_bootstrap.estimate_mean(np.array(differences), num_resamples=50)
    assert (found.value, found.low, found.reason) == (value, None, reason)
