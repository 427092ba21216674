"""The search in bands finds what comparing all with all finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.filtering.likeness.hash_index import HashIndex

hashes = st.integers(0, 2**64 - 1)


def compare_all(known: list[int], value: int, most: int) -> list[tuple[int, int]]:
    found = [((each ^ value).bit_count(), index) for index, each in enumerate(known)]
    return [(index, distance) for distance, index in sorted(found) if distance <= most]


@settings(deadline=None, max_examples=150)
@given(
    known=st.lists(hashes, max_size=40),
    centre=hashes,
    flips=st.lists(st.sets(st.integers(0, 63), max_size=13), max_size=30),
    most=st.integers(0, 11),
    tail=st.integers(0, 20),
)
def test_all_hashes_within_the_distance_are_found_in_order(
    known: list[int], centre: int, flips: list[set[int]], most: int, tail: int
) -> None:
    near = [centre ^ sum(1 << bit for bit in bits) for bits in flips]
    index = HashIndex(most, tail=tail)
    for value in [*known, *near]:
        index.add(value)
    indices, distances = index.search(centre)
    found = list(zip(indices.tolist(), distances.tolist(), strict=True))
    assert found == compare_all([*known, *near], centre, most)


def test_many_hashes_added_at_once_are_found_like_those_added_one_by_one() -> None:
    known = np.random.default_rng(0).integers(0, 2**64, 5000, dtype=np.uint64)
    index = HashIndex(8, tail=100)
    index.extend(known)
    for value in known[::500].tolist():
        wanted = value ^ 0b1001_0000_0000_0000_0110_0001  # five bits
        indices, distances = index.search(wanted)
        assert (indices[0], distances[0]) == (int(np.flatnonzero(known == value)[0]), 5)
    assert len(index) == 5000


@pytest.mark.parametrize("distance", [-1, 12])
def test_a_distance_that_bands_cannot_promise_is_refused(distance: int) -> None:
    with pytest.raises(ValueError, match="is not from 0 to 11"):
        HashIndex(distance)
