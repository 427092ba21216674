"""Rater by rater and item by item: each figure is what its plain reading gives."""

import numpy as np
import pytest

from stats.agreement import (
    counts,
    dawid_skene,
    disagreement,
    leave_one_out,
    pairwise,
    raters,
    report,
)
from stats.agreement.resampling import Bootstrap
from tests.ratings import LEVELS, Floats, draw_values, to_ratings, to_rows


def alpha(values_gi: Floats) -> float:
    found = report.measure(to_rows(values_gi), LEVELS, bootstrap=Bootstrap(num_resamples=1))
    value = found.overall.estimates["alpha.ordinal"].value
    return np.nan if value is None else value


def describe(values_gi: Floats) -> raters.RaterTable:
    ratings = to_ratings(values_gi)
    return raters.describe(ratings, counts.count(ratings))


@pytest.mark.parametrize(("seed", "gaps"), [(0, 0.0), (1, 0.4), (2, 0.8)])
def test_alpha_without_a_rater_is_that_of_the_others(seed: int, gaps: float) -> None:
    values = draw_values(seed, gaps=gaps)
    found = describe(values).alpha_without_g
    for rater in range(len(values)):
        assert found[rater] == pytest.approx(alpha(np.delete(values, rater, axis=0)), abs=1e-9)


def test_without_one_of_two_raters_there_is_no_alpha() -> None:
    ratings = to_ratings(draw_values(0, num_raters=2, gaps=0))
    assert np.isnan(leave_one_out.alphas(ratings, counts.count(ratings))).all()
    found = report.measure(to_rows(draw_values(0, num_raters=2, gaps=0)), LEVELS)
    assert found.overall.leave_one_out.reason == "no rater can be left out"


def test_without_the_only_one_who_differs_nothing_varies() -> None:
    values = np.full((3, 6), 2.0)
    values[0, :3] = 4
    found = describe(values).alpha_without_g
    assert np.isnan(found[0])
    assert not np.isnan(found[1:]).any()


def test_the_report_names_whose_absence_makes_the_ends_of_the_range() -> None:
    values = draw_values(3, num_raters=6, gaps=0.2)
    values[4] = np.random.default_rng(0).integers(1, 6, values.shape[1])  # who guesses
    found = report.measure(to_rows(values), LEVELS, bootstrap=Bootstrap(num_resamples=1)).overall
    assert found.leave_one_out.high_without == "4"
    assert found.leave_one_out.high == pytest.approx(alpha(np.delete(values, 4, axis=0)))


def test_severity_is_how_far_one_stays_below_the_others_on_the_same_items() -> None:
    values = draw_values(7, num_raters=4, gaps=0.4)
    found = describe(values).severity_g
    for rater, own in enumerate(values):
        others = np.delete(values, rater, axis=0)
        shared = ~np.isnan(own) & (~np.isnan(others)).any(axis=0)
        expected = (np.nanmean(others[:, shared], axis=0) - own[shared]).mean()
        assert found[rater] == pytest.approx(expected, abs=1e-12)


def test_who_shares_no_item_has_no_severity() -> None:
    assert np.isnan(describe(np.array([[1.0, np.nan], [np.nan, 2]])).severity_g).all()


def test_use_of_the_scale_and_straight_lines_are_seen() -> None:
    values = np.array([[3.0, 3, 3, 3, 3, 4], [1, 2, 2, 1, 2, 5]])
    found = describe(values)
    assert found.usage_gq[0].tolist() == pytest.approx([0, 0, 5 / 6, 1 / 6, 0])
    assert found.commonest_share_g.tolist() == pytest.approx([5 / 6, 1 / 2])
    assert found.longest_run_g.tolist() == [5, 2]
    assert found.num_ratings_g.tolist() == [6, 6]
    assert found.mean_g.tolist() == pytest.approx([19 / 6, 13 / 6])


def test_repeats_and_gold_are_shares_of_equal_pairs() -> None:
    found = raters.share_equal([0, 0, 2, 2, 2], [1, 2, 3, 3, 3], [1, 3, 3, 3, 1], 3)
    np.testing.assert_allclose(found, [1 / 2, np.nan, 2 / 3])


def test_medians_are_those_of_each_raters_own_values() -> None:
    random = np.random.default_rng(2)
    who, values = random.integers(0, 5, 60), random.integers(0, 1000, 60)
    found = raters.find_medians(who, values, 6)
    for rater in range(5):
        assert found[rater] == np.median(values[who == rater])
    assert np.isnan(found[5])


def test_pairs_without_common_items_or_variation_have_no_kappa() -> None:
    values = np.array([[1.0, 1, np.nan, np.nan], [1, 1, 2, np.nan], [np.nan, np.nan, np.nan, 3]])
    found = pairwise.measure(to_ratings(values))
    assert found.num_common_gg.tolist() == [[2, 2, 0], [2, 3, 0], [0, 0, 1]]
    assert np.isnan(found.kappa_gg[0, 1])
    assert np.isnan(found.kappa_gg[0, 2])
    assert found.kappa_gg[1, 1] == 1


def test_the_matrix_of_too_many_raters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairwise, "MOST_RATERS", 4)
    with pytest.raises(ValueError, match="5 raters is too large; at most 4"):
        pairwise.measure(to_ratings(draw_values(0)))


def test_dawid_and_skenes_model_finds_the_truth_and_who_knows_it() -> None:
    random = np.random.default_rng(4)
    truth = random.integers(1, 6, 400)
    competence = np.array([0.9, 0.8, 0.7, 0.3])
    right = random.random((4, 400)) < competence[:, None]
    wrong = 1 + (truth - 1 + random.integers(1, 5, (4, 400))) % 5
    values = np.where(right, truth, wrong).astype(float)
    values[random.random(values.shape) < 0.1] = np.nan
    values = values[:, (~np.isnan(values)).any(axis=0)]
    ratings = to_ratings(values)
    found = dawid_skene.fit(ratings, counts.count(ratings))
    assert found.has_converged
    np.testing.assert_allclose(found.competence_g, competence, atol=0.08)
    np.testing.assert_allclose(found.confusion_gqq.sum(axis=2), 1)
    np.testing.assert_allclose(found.truth_iq.sum(axis=1), 1)
    np.testing.assert_allclose(found.prevalence_q.sum(), 1)
    assert found.num_rounds > 1


def test_items_are_listed_from_the_most_to_the_least_disagreed_on() -> None:
    values = np.array([[3.0, 1, 1, 2], [3, 5, 2, 2], [3, 3, 3, np.nan], [3, np.nan, 4, 3]])
    ratings = to_ratings(values)
    found = disagreement.rank(ratings, counts.count(ratings))
    assert found.order_i.tolist() == [2, 1, 3, 0]
    assert found.range_i.tolist() == [0, 4, 3, 1]
    assert found.num_ratings_i.tolist() == [4, 3, 4, 3]
    assert found.mean_i.tolist() == pytest.approx([3, 3, 2.5, 7 / 3])
    expected = [0, np.log(3), np.log(4), -(2 * np.log(2 / 3) + np.log(1 / 3)) / 3]
    assert found.entropy_i.tolist() == pytest.approx(np.array(expected) / np.log(5))
    assert found.counts_iq[1].tolist() == [1, 0, 1, 0, 1]
