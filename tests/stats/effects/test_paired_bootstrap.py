"""The paired bootstrap: against its closed form, and what it says where nothing is defined."""

import numpy as np
import pytest
from scipy import stats as oracle

from stats.effects import paired_bootstrap

NOISE = np.random.default_rng(7)
HARD = NOISE.normal(0.5, 0.3, 400)  # what a prompt does to every variant
SCORES = np.array([HARD, HARD + NOISE.normal(0.05, 0.05, 400)])


def test_the_interval_of_a_paired_difference_is_that_of_its_mean() -> None:
    found = paired_bootstrap.compare(SCORES, num_resamples=4000).of_variants[1].difference
    differences = SCORES[1] - SCORES[0]
    assert found.value == pytest.approx(differences.mean(), abs=1e-12)
    half = 1.96 * differences.std() / np.sqrt(400)
    assert found.low == pytest.approx(differences.mean() - half, abs=0.1 * half)
    assert found.high == pytest.approx(differences.mean() + half, abs=0.1 * half)


def test_it_agrees_with_scipys_bootstrap() -> None:
    ours = paired_bootstrap.compare(SCORES, num_resamples=4000, seed=3).of_variants[1]
    for name, statistic in (
        ("difference", lambda a, b, axis: b.mean(axis) - a.mean(axis)),
        ("ratio", lambda a, b, axis: b.mean(axis) / a.mean(axis)),
    ):
        theirs = oracle.bootstrap(
            (SCORES[0], SCORES[1]), statistic, paired=True, method="percentile",
            n_resamples=4000, rng=np.random.default_rng(5),
        ).confidence_interval  # fmt: skip
        mine = getattr(ours, name)
        width = theirs.high - theirs.low
        assert mine.low == pytest.approx(theirs.low, abs=0.1 * width)
        assert mine.high == pytest.approx(theirs.high, abs=0.1 * width)


def test_pairing_takes_the_difficulty_of_prompts_out() -> None:
    effect = paired_bootstrap.compare(SCORES, num_resamples=1000).of_variants[1]
    assert (effect.difference.high or 0) - (effect.difference.low or 0) < 0.02
    assert (effect.mean.high or 0) - (effect.mean.low or 0) > 0.05


def test_the_baseline_differs_from_itself_by_nothing_and_is_all_of_itself() -> None:
    own = paired_bootstrap.compare(SCORES, num_resamples=50).of_variants[0]
    assert (own.difference.value, own.difference.low, own.difference.high) == (0, 0, 0)
    assert (own.ratio.value, own.ratio.low, own.ratio.high) == (1, 1, 1)


def test_the_same_seed_gives_the_same_interval_and_both_are_recorded() -> None:
    one, other, third = (
        paired_bootstrap.compare(SCORES, num_resamples=200, seed=seed) for seed in (1, 1, 2)
    )
    assert one == other
    assert one.of_variants[1] != third.of_variants[1]
    assert (one.num_resamples, one.seed, one.confidence) == (200, 1, 0.95)


def test_a_block_of_any_size_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = paired_bootstrap.compare(SCORES, num_resamples=300)
    monkeypatch.setattr(paired_bootstrap, "_LARGEST_BLOCK", 400 * 7)
    assert paired_bootstrap.compare(SCORES, num_resamples=300) == whole


def test_a_prompt_with_a_gap_is_left_out_for_all_and_counted() -> None:
    with_gap = np.column_stack([SCORES, [1.0, np.nan]])
    found = paired_bootstrap.compare(with_gap, num_resamples=100)
    assert (found.num_prompts, found.num_left_out) == (400, 1)
    assert found.of_variants == paired_bootstrap.compare(SCORES, num_resamples=100).of_variants


@pytest.mark.parametrize(
    ("values", "name", "value", "reason"),
    [
        ([[0, 0, 0], [1, 0, 1]], "ratio", None, "the baseline's mean is 0"),
        ([[1, 0, 0], [1, 1, 1]], "ratio", 3, "the baseline's mean is not above 0 in"),
        ([[1], [2]], "difference", 1, "1 prompt has no spread"),
        ([[np.nan], [2]], "difference", None, "no prompt has all values"),
        ([[], []], "mean", None, "no prompt has all values"),
    ],
)
def test_what_is_undefined_has_a_reason_and_no_interval(
    values: list[list[float]], name: str, value: float | None, reason: str
) -> None:
    found = paired_bootstrap.compare(values, num_resamples=100)
    estimate = getattr(found.of_variants[1], name)
    assert estimate.value == (None if value is None else pytest.approx(value))
    assert (estimate.low, estimate.high) == (None, None)
    assert estimate.reason.startswith(reason)


@pytest.mark.parametrize(
    ("values", "more", "sentence"),
    [
        ([1.0], {}, "this has 1 dimensions"),
        ([[np.inf]], {}, "A value is infinite."),
        ([[1.0]], {"num_resamples": 0}, "0 resamples"),
        ([[1.0]], {"confidence": 1.0}, "confidence 1 give no interval"),
    ],
)
def test_wrong_input_is_refused(values: object, more: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        paired_bootstrap.compare(values, **more)  # type: ignore[arg-type]


def test_scores_by_prompt_become_rows_with_gaps() -> None:
    values, prompts = paired_bootstrap.stack([{"a": 1.0, "b": 2.0}, {"b": 3.0, "c": 4.0}])
    assert prompts == ["a", "b", "c"]
    np.testing.assert_array_equal(values, [[1, 2, np.nan], [np.nan, 3, 4]])


def test_clusters_of_one_prompt_are_drawn_as_prompts_are() -> None:
    values_vp = np.random.default_rng(0).random((3, 20))
    alone = paired_bootstrap.number_clusters([f"q{number}" for number in range(20)])
    assert paired_bootstrap.compare(
        values_vp, clusters_p=alone, num_resamples=200
    ) == paired_bootstrap.compare(values_vp, num_resamples=200)


def test_prompts_that_belong_together_are_drawn_together() -> None:
    """Five copies of each of eight prompts say no more than the eight."""
    once_vp = np.random.default_rng(1).random((2, 8))
    copied_vp = np.repeat(once_vp, 5, axis=1)
    names = [f"q{number}" for number in range(8) for _ in range(5)]
    few = paired_bootstrap.compare(once_vp, num_resamples=500).of_variants[1].difference
    clustered = paired_bootstrap.compare(
        copied_vp, clusters_p=paired_bootstrap.number_clusters(names), num_resamples=500
    )
    assert clustered.of_variants[1].difference.low == pytest.approx(few.low)
    naive = paired_bootstrap.compare(copied_vp, num_resamples=500).of_variants[1].difference
    assert naive.low is not None
    assert few.low is not None
    assert naive.low > few.low


def test_a_larger_cluster_weighs_as_many_prompts_as_it_has() -> None:
    values_vp = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 4.0]])
    found = paired_bootstrap.compare(values_vp, clusters_p=np.array([0, 0, 1]), num_resamples=300)
    assert found.of_variants[1].mean.value == 2.0
    # Either cluster alone, or both.
    assert (found.of_variants[1].mean.low, found.of_variants[1].mean.high) == (1.0, 4.0)
