"""Whether translations lie together, on vectors of a circle that are clustered by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.vectors import purity
from stats.vectors.purity import NothingToCluster


def at(*degrees: float) -> np.ndarray:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


def test_translations_that_lie_together_are_pure() -> None:
    found = purity.measure(at(0, 5, 90, 95), list("aabb"), ["en", "th", "en", "th"])
    assert (found.whole, found.num_clusters) == (1.0, 2)
    assert found.by_language == {"en": 1.0, "th": 1.0}
    assert found.num_sentences == {"en": 2, "th": 2}


def test_a_translation_among_others_is_not() -> None:
    """Thai 'b' lies with both sentences of 'a', so that 5 of 6 lie rightly: 2 of 3 in Thai."""
    found = purity.measure(at(0, 5, 90, 10, 180, 185), list("aabbcc"), ["en", "th"] * 3)
    assert found.whole == pytest.approx(5 / 6)
    assert found.by_language == pytest.approx({"en": 1.0, "th": 2 / 3})


def test_languages_that_lie_apart_are_as_impure_as_it_gets() -> None:
    """A cluster for each language: of captions that are equally frequent the first one counts."""
    found = purity.measure(at(0, 2, 90, 92), list("abab"), ["en", "en", "th", "th"])
    assert found.whole == 0.5


def test_the_first_centres_are_the_farthest_from_each_other() -> None:
    """The mean of 0, 10 and 170 lies nearest to 10; the farthest from there is 170; then 0."""
    assert purity._choose_first(at(0, 10, 170), 3) == [1, 2, 0]


def test_a_centre_moves_to_the_middle_of_its_sentences() -> None:
    """Centres begin at 45 (nearest to the mean, 48) and 100; 70 goes to 45 first (25 against 30),
    which moves to 46 with 30 and 40 beside it: 24 against 30, and it stays.
    """
    clusters = purity.cluster(at(30, 40, 45, 70, 100), 2)
    assert clusters.tolist() == [0, 0, 0, 0, 1]


@given(seed=st.integers(0, 10_000), num=st.integers(2, 5))
def test_the_same_vectors_give_the_same_clusters_and_every_share_is_possible(
    seed: int, num: int
) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(3 * num, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    captions = [str(place % num) for place in range(3 * num)]
    one, other = (purity.measure(vectors, captions, ["en"] * 3 * num) for _ in range(2))
    assert one == other
    assert 1 / num <= one.whole <= 1


def test_vectors_that_are_all_the_same_are_one_cluster() -> None:
    found = purity.measure(at(10, 10, 10, 10), list("aabb"), ["en", "th", "en", "th"])
    assert found.whole == 0.5


def test_one_caption_alone_is_refused() -> None:
    with pytest.raises(NothingToCluster, match="at least 2 captions; there is 1"):
        purity.measure(at(0, 5), ["a", "a"], ["en", "th"])
