"""What could be wrong with votes: sides, and circles."""

import pytest

from stats.preferences.pairs import intransitivity, position_bias
from stats.preferences.pairs.intransitivity import compute_consistence

from .conftest import Make


def test_a_lean_to_the_left_is_seen(make_votes: Make) -> None:
    rows = [("a", "b", "left" if k % 10 else "right") for k in range(60)]
    rows += [("b", "a", "tie")] * 5
    found = position_bias.measure(make_votes(rows))
    assert found.left_share.value == pytest.approx(0.9)
    assert (found.left_share.low or 0) > 0.5
    assert (found.p_value.value or 1) < 1e-6
    assert (found.num_left, found.basis.n_ratings) == (54, 60)


def test_wins_of_either_side_alike_are_no_lean(make_votes: Make) -> None:
    found = position_bias.measure(make_votes([("a", "b", "left"), ("b", "a", "right")] * 5))
    assert found.p_value.value == 1
    assert found.left_share.value == 0.5


def test_ties_alone_lean_to_no_side(make_votes: Make) -> None:
    found = position_bias.measure(make_votes([("a", "b", "tie")]))
    assert found.left_share.reason == found.p_value.reason == "no vote was decided"


def test_the_binomial_p_is_exact(make_votes: Make) -> None:
    """9 of 10: 2 * (10 + 1) / 1024."""
    rows = [("a", "b", "left")] * 9 + [("a", "b", "right")]
    assert position_bias.measure(make_votes(rows)).p_value.value == pytest.approx(22 / 1024)


def test_majorities_in_a_circle_are_named_in_their_order(make_votes: Make) -> None:
    rows = [("a", "b", "right"), ("b", "c", "right"), ("c", "a", "right")]
    found = intransitivity.measure(make_votes(rows))
    assert found.circles == (("a", "c", "b"),)
    assert found.consistence == 0


def test_an_order_has_no_circle_and_full_consistence(make_votes: Make) -> None:
    rows = [(one, other, "left") for one, other in ("ab", "bc", "ac", "cd", "ad", "bd")]
    found = intransitivity.measure(make_votes(rows))
    assert (found.circles, found.consistence) == ((), 1)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("a", "b", "left")], "there are no three arms"),
        ([("a", "b", "left"), ("b", "c", "left")], "not every pair of arms has a majority"),
        (
            [("a", "b", "left"), ("b", "c", "left"), ("a", "c", "tie")],
            "not every pair of arms has a majority",
        ),
    ],
)
def test_without_majorities_of_all_pairs_there_is_no_consistence(
    make_votes: Make, rows: list[tuple[str, ...]], reason: str
) -> None:
    found = intransitivity.measure(make_votes(rows))
    assert (found.consistence, found.reason) == (None, reason)


def test_circles_of_one_rater_on_one_prompt_are_counted(make_votes: Make) -> None:
    circle = [("a", "b", "left"), ("b", "c", "left"), ("c", "a", "left")]
    order = [("a", "b", "left"), ("c", "b", "right"), ("a", "c", "left")]
    rows = [(*row, "p", "r1") for row in circle] + [(*row, "p", "r2") for row in order]
    rows += [("a", "b", "left", "q", "r1"), ("b", "c", "left", "q", "r2")]
    found = intransitivity.measure(make_votes(rows))
    assert (found.num_triads, found.num_circular) == (2, 1)


@pytest.mark.parametrize(("num_arms", "most"), [(3, 1), (4, 2), (5, 5), (6, 8), (7, 14)])
def test_consistence_is_0_at_kendalls_largest_number_of_circles(num_arms: int, most: int) -> None:
    """Kendall and Babington Smith (1940): (n^3 - n) / 24 for odd n, (n^3 - 4 n) / 24 for even."""
    assert compute_consistence(num_arms, most) == pytest.approx(0)
    assert compute_consistence(num_arms, 0) == 1
