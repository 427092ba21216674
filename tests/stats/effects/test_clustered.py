"""The paired difference with its two-way interval, against statsmodels' two-way clusters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.sandwich_covariance import cov_cluster, cov_cluster_2groups

from stats.effects import clustered
from stats.effects.clustered import Variance
from stats.effects.pairing import Paired, pair
from stats.effects.ratings import Ratings

from .conftest import Make


def fit_by_prompt(paired: Paired) -> WLS:
    """An intercept for every prompt and one slope for the arm; each prompt weighs alike."""
    design = np.column_stack([paired.is_arm_n, np.eye(paired.num_prompts)[paired.prompt_n]])
    side = paired.prompt_n * 2 + paired.is_arm_n
    weights = 1 / np.bincount(side)[side]
    return WLS(paired.value_n, design.astype(float), weights=weights).fit()


def thin_out(ratings: Ratings, seed: int) -> Ratings:
    return ratings.select(np.random.default_rng(seed).random(len(ratings)) < 0.7)


@pytest.mark.parametrize("is_thin", [False, True])
def test_the_variance_is_that_of_statsmodels_regression(make_study: Make, is_thin: bool) -> None:  # noqa: FBT001
    ratings = make_study(num_prompts=40, num_raters=7)
    paired = pair(thin_out(ratings, 1) if is_thin else ratings, "tuned", "base")
    fitted = fit_by_prompt(paired)
    found = clustered.measure_variance(clustered.influence(paired), paired.prompt_n, paired.rater_n)

    both, by_prompt, by_rater = cov_cluster_2groups(
        fitted, paired.prompt_n, paired.rater_n, use_correction=False
    )
    prompts, raters = paired.num_prompts, paired.num_raters
    pairs = len({*zip(paired.prompt_n.tolist(), paired.rater_n.tolist(), strict=True)})
    assert fitted.params[0] == pytest.approx(paired.difference_p.mean(), abs=1e-12)
    assert found.by_prompt == pytest.approx(by_prompt[0, 0] * prompts / (prompts - 1), rel=1e-9)
    assert found.by_rater == pytest.approx(by_rater[0, 0] * raters / (raters - 1), rel=1e-9)
    shared = (by_prompt + by_rater - both)[0, 0]
    assert found.by_both == pytest.approx(shared * pairs / (pairs - 1), rel=1e-9)


def test_one_rating_of_each_item_by_its_own_rater_gives_the_paired_t_interval() -> None:
    """Where no rater is met twice, only prompts are left: Student's own interval."""
    random = np.random.default_rng(3)
    base, tuned = random.normal(0, 1, 30), random.normal(0.3, 1, 30)
    value = np.concatenate([base, tuned])
    paired = Paired(
        value_n=value,
        is_arm_n=np.repeat([False, True], 30),
        prompt_n=np.tile(np.arange(30), 2),
        rater_n=np.arange(60),
        arm_mean_p=tuned,
        baseline_mean_p=base,
        num_raters=60,
        num_left_out=0,
    )
    found = clustered.estimate_difference(paired)
    theirs = oracle.ttest_rel(tuned, base).confidence_interval()
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_variance_is_never_below_the_larger_of_its_first_two_parts() -> None:
    assert Variance(by_prompt=3, by_rater=2, by_both=1, in_common=1).total == 4
    assert Variance(by_prompt=3, by_rater=2, by_both=4, in_common=-2).total == 3
    assert Variance(by_prompt=1, by_rater=2, by_both=3, in_common=-1).total == 2


def test_degrees_of_freedom_are_those_of_the_fewer_clusters(make_study: Make) -> None:
    paired = pair(make_study(num_prompts=30, num_raters=4), "tuned", "base")
    found = clustered.estimate_difference(paired)
    total = clustered.measure_paired_variance(paired).total
    half = oracle.t.ppf(0.975, 3) * np.sqrt(total)
    assert found.high == pytest.approx((found.value or 0) + half, abs=1e-12)


@given(st.integers(0, 10_000), st.floats(-5, 5), st.sampled_from([1.0, -1.0]))
def test_moving_every_rating_changes_nothing_and_swapping_arms_mirrors(
    make_study: Make, seed: int, moved: float, factor: float
) -> None:
    ratings = make_study(num_prompts=8, num_raters=4, seed=seed)
    paired = pair(ratings, "tuned", "base")
    if paired.difference_p.std() == 0:
        return
    own = clustered.estimate_difference(paired)
    other = Ratings(**{**vars(ratings), "value_n": factor * ratings.value_n + moved})
    arms = ("tuned", "base") if factor > 0 else ("base", "tuned")
    found = clustered.estimate_difference(pair(other, *arms))
    assert (found.value, found.low, found.high) == pytest.approx(
        (own.value, own.low, own.high), abs=1e-9
    )


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ({"num_prompts": 1}, "1 prompt has no spread"),
        ({"num_raters": 1, "ratings_per_item": 1}, "1 rater has no spread"),
        ({"arms": ("base", "other")}, "no prompt has ratings of both arms"),
    ],
)
def test_what_has_no_spread_has_no_interval_and_a_reason(
    make_study: Make, shape: dict[str, object], reason: str
) -> None:
    found = clustered.estimate_difference(pair(make_study(**shape), "tuned", "base"))
    assert (found.low, found.high, found.reason) == (None, None, reason)
    assert (found.value is None) == ("both arms" in reason)


def test_unanimous_ratings_differ_by_nothing_without_an_interval(make_study: Make) -> None:
    ratings = make_study()
    same = Ratings(**{**vars(ratings), "value_n": np.full(len(ratings), 2.0)})
    found = clustered.estimate_difference(pair(same, "tuned", "base"))
    assert (found.value, found.low, found.reason) == (0, None, "no variation")


def test_a_prompt_that_lacks_an_arm_is_left_out_and_counted(make_study: Make) -> None:
    ratings = make_study()
    lacking = ratings.prompt.where("prompt 0003") & ratings.arm.where("tuned")
    paired = pair(ratings.select(~lacking), "tuned", "base")
    assert (paired.num_prompts, paired.num_left_out) == (19, 1)
    without = pair(ratings.select(~ratings.prompt.where("prompt 0003")), "tuned", "base")
    assert clustered.estimate_difference(paired) == clustered.estimate_difference(without)


def test_raters_who_rate_both_arms_alike_lose_nothing_to_the_prompts_intercept(
    make_study: Make,
) -> None:
    """Then the variance is that of the plain formula."""
    paired = pair(make_study(num_raters=4, ratings_per_item=4), "tuned", "base")
    found = clustered.measure_paired_variance(paired)
    assert found.in_common == pytest.approx(found.by_rater - found.by_both, rel=1e-9)


def test_raters_of_one_arm_of_a_prompt_get_back_what_its_intercept_took() -> None:
    """One of three ratings of a side is a sixth of the prompt's intercept."""
    random = np.random.default_rng(4)
    value, rater = random.normal(0, 1, 60), np.tile(np.arange(6), 10)
    side = np.tile([1, 1, 1, 0, 0, 0], 10).astype(bool)
    prompt = np.repeat(np.arange(10), 6)
    paired = Paired(
        value_n=value,
        is_arm_n=side,
        prompt_n=prompt,
        rater_n=rater,
        arm_mean_p=value[side].reshape(10, 3).mean(axis=1),
        baseline_mean_p=value[~side].reshape(10, 3).mean(axis=1),
        num_raters=6,
        num_left_out=0,
    )
    found = clustered.measure_paired_variance(paired)
    assert found.in_common == pytest.approx((6 / 5) ** 2 * (found.by_rater - found.by_both))


def test_one_way_clusters_are_those_of_statsmodels(make_study: Make) -> None:
    paired = pair(make_study(num_prompts=15), "tuned", "base")
    fitted = fit_by_prompt(paired)
    mine = clustered.measure_variance(clustered.influence(paired), paired.prompt_n, paired.rater_n)
    theirs = cov_cluster(fitted, paired.prompt_n, use_correction=False)[0, 0] * 15 / 14
    assert mine.by_prompt == pytest.approx(theirs, rel=1e-9)
