import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.frontier.pareto import find_frontier


def test_a_point_that_another_beats_in_something_and_equals_in_the_rest_is_off() -> None:
    points = [(1, 1), (1, 0.5), (0.5, 2), (0.4, 1.9), (1, 1)]
    assert find_frontier(points).tolist() == [True, False, True, False, True]


@given(
    st.integers(1, 3).flatmap(
        lambda size: st.lists(st.tuples(*[st.integers(0, 5)] * size), min_size=1, max_size=12)
    )
)
def test_the_frontier_is_what_nothing_dominates(points: list[tuple[int, ...]]) -> None:
    def dominates(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return one != other and all(a >= b for a, b in zip(one, other, strict=True))

    assert find_frontier(points).tolist() == [
        not any(dominates(other, point) for other in points) for point in points
    ]


@pytest.mark.parametrize(
    ("points", "sentence"),
    [([1.0, 2.0], "this has 1 dimensions"), ([[1.0, np.nan]], "undefined coordinate")],
)
def test_what_is_no_list_of_points_is_refused(points: list[object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        find_frontier(points)  # type: ignore[arg-type]
