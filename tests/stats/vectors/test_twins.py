"""Which vectors are the same."""

import numpy as np
import pytest

from stats.vectors import consistency, twins


def test_the_first_of_those_that_are_the_same_stands_for_them() -> None:
    vectors = np.array([[1.0, 0.0], [0.5, 0.5], [1.0, -0.0], [0.5, 0.5], [1.0, 1e-300]])
    assert twins.find_first(vectors).tolist() == [0, 1, 0, 1, 4]


def test_no_vectors_have_no_twins() -> None:
    assert twins.find_first(np.empty((0, 3))).tolist() == []


@pytest.mark.parametrize("seed", range(8))
def test_pictures_of_one_vector_are_ranked_equal(seed: int) -> None:
    random = np.random.default_rng(seed)
    pictures = np.repeat(random.normal(size=(1, 64)), 99, axis=0)
    captions = [f"{place % 50}" for place in range(100)]
    sentences, languages = random.normal(size=(100, 64)), ["en"] * 50 + ["th"] * 50
    found = consistency.measure(sentences, pictures, captions, languages)
    assert (found.whole, found.num_undefined) == (0.0, 50)
