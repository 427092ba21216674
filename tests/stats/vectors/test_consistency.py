"""Whether translations rank the same pictures alike: values done by hand, and scipy beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from stats.vectors import consistency, spearman
from stats.vectors.consistency import NothingToCompare

PICTURES = np.eye(3)  # so that a sentence's numbers are its similarities
small = st.lists(st.integers(0, 4), min_size=3, max_size=8)


def test_equal_scores_share_the_mean_of_their_ranks() -> None:
    ranks = spearman.rank(np.array([[0.2, 0.9, 0.2, 0.5], [1.0, 1.0, 1.0, 1.0]]))
    assert ranks.tolist() == [[1.5, 4.0, 1.5, 3.0], [2.5, 2.5, 2.5, 2.5]]


@given(one=small, seed=st.integers(0, 1000))
def test_correlation_is_scipys_where_that_is_defined(one: list[int], seed: int) -> None:
    other = np.random.default_rng(seed).integers(0, 5, len(one)).astype(float)
    scores = np.array([one, other.tolist()], dtype=float)
    ranks = spearman.rank(scores)
    (found,) = spearman.correlate(ranks[:1], ranks[1:])
    if min(np.ptp(scores, axis=1)) == 0:
        assert np.isnan(found)
        return
    assert found == pytest.approx(scipy_stats.spearmanr(scores[0], scores[1]).statistic)


def test_three_languages_by_hand() -> None:
    """English ranks the pictures 3 2 1, Thai 3 1 2: 1 - 6 (0 + 1 + 1) / 24 = .5. Indonesian holds
    two equal, 2.5 2.5 1: 1.5 / sqrt(2 x 1.5) = .866 with English, .5 of that less with Thai:
    deviations 1 -1 0 and .5 .5 -1, 0 / sqrt(3) = 0.
    """
    sentences = np.array([[0.9, 0.5, 0.1], [0.9, 0.1, 0.5], [0.7, 0.7, 0.2]])
    found = consistency.measure(sentences, PICTURES, ["c"] * 3, ["en", "th", "id"])
    half_root_of_3 = np.sqrt(3) / 2
    assert found.by_pair == pytest.approx(
        {("en", "id"): half_root_of_3, ("en", "th"): 0.5, ("id", "th"): 0.0}
    )
    assert found.whole == pytest.approx((half_root_of_3 + 0.5) / 3)
    assert found.by_language == pytest.approx(
        {"en": (half_root_of_3 + 0.5) / 2, "id": half_root_of_3 / 2, "th": 0.25}
    )
    assert (found.count(), found.count("th")) == (3, 2)


def test_captions_count_alike_within_a_pair_and_pairs_alike_in_the_whole() -> None:
    """Two captions in English and Thai (1 and -1), one in English and Indonesian (1)."""
    up, down = [0.1, 0.2, 0.3], [0.3, 0.2, 0.1]
    found = consistency.measure(
        np.array([up, up, down, up, up]),
        PICTURES,
        ["a", "b", "a", "b", "b"],
        ["en", "en", "th", "th", "id"],
    )
    assert found.by_pair == pytest.approx({("en", "id"): 1.0, ("en", "th"): 0.0, ("id", "th"): 1.0})
    assert found.whole == pytest.approx(2 / 3)


def test_a_ranking_without_an_order_counts_as_0_and_is_counted() -> None:
    found = consistency.measure(
        np.array([[0.1, 0.2, 0.3], [0.2, 0.2, 0.2]]), PICTURES, ["a", "a"], ["en", "th"]
    )
    assert (found.whole, found.num_undefined) == (0.0, 1)


@pytest.mark.parametrize(
    ("captions", "languages", "message"),
    [
        (["a", "b"], ["en", "th"], "No caption is there in two languages"),
        (["a", "a"], ["en", "en"], "'a' is there twice in 'en'"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    captions: list[str], languages: list[str], message: str
) -> None:
    with pytest.raises(NothingToCompare, match=message):
        consistency.measure(np.eye(3)[:2], PICTURES, captions, languages)


def test_one_picture_is_no_ranking() -> None:
    with pytest.raises(NothingToCompare, match="at least 2 pictures; there are 1"):
        consistency.measure(np.eye(3)[:2], PICTURES[:1], ["a", "a"], ["en", "th"])
