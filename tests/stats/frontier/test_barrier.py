import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.frontier import barrier
from stats.frontier.barrier import Barrier, CurveWrong

LOSS = st.floats(-100, 100)


def test_the_barrier_is_the_height_above_the_straight_line() -> None:
    """Ends 1 and 3: the line is at 1.5, 2 and 2.5."""
    losses = {0.0: 1.0, 0.25: 1.6, 0.5: 2.75, 0.75: 2.0, 1.0: 3.0}
    assert barrier.measure(losses) == Barrier(0.75, 0.5)


def test_below_the_line_there_is_none() -> None:
    assert barrier.measure({0.0: 1.0, 0.5: 0.2, 1.0: 1.0}) == Barrier(0.0, 0.0)


@given(first=LOSS, last=LOSS, beta=st.floats(0, 1))
def test_a_straight_line_has_no_barrier(first: float, last: float, beta: float) -> None:
    line = {0.0: first, beta: (1 - beta) * first + beta * last, 1.0: last}
    assert barrier.measure(line).height == pytest.approx(0, abs=1e-12)


@given(losses=st.lists(LOSS, min_size=3, max_size=9))
def test_a_barrier_is_never_below_zero(losses: list[float]) -> None:
    curve = {number / (len(losses) - 1): loss for number, loss in enumerate(losses)}
    assert barrier.measure(curve).height >= 0


@pytest.mark.parametrize("missing", [0.0, 1.0])
def test_both_ends_must_be_known(missing: float) -> None:
    losses = {0.0: 1.0, 0.5: 1.0, 1.0: 1.0}
    del losses[missing]
    with pytest.raises(CurveWrong, match=f"; {missing:g} lacks"):
        barrier.measure(losses)
