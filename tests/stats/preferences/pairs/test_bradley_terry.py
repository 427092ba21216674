"""Strengths with ties: published values, and an independent library."""

import evalica
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.preferences.pairs import bradley_terry
from stats.preferences.setting import Setting

from .conftest import Make

SETTING = Setting(num_resamples=200)

# American League East, 1987: wins of the row over the column, and strengths relative to Baltimore
# (Agresti 2002, Categorical Data Analysis, tables 10.10 and 10.11).
CLUBS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = [
    [0, 7, 9, 7, 7, 9, 11], [6, 0, 7, 5, 11, 9, 9], [4, 6, 0, 7, 7, 8, 12], [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12], [4, 4, 5, 6, 6, 0, 6], [2, 4, 1, 3, 1, 7, 0],
]  # fmt: skip
PUBLISHED = (1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.0)
VOTES = [
    ("a", "b", "left"), ("b", "a", "tie"), ("a", "c", "left"), ("c", "b", "right"),
    ("b", "a", "left"), ("c", "a", "left"), ("a", "b", "right"), ("c", "b", "tie"),
    ("b", "c", "right"), ("a", "c", "tie"),
]  # fmt: skip


def test_published_strengths_of_baseball_clubs(make_votes: Make) -> None:
    rows = [
        (CLUBS[one], CLUBS[other], "left")
        for one, wins in enumerate(WINS)
        for other, num in enumerate(wins)
        for _ in range(num)
    ]
    votes = make_votes(rows)
    found = bradley_terry.estimate(votes, Setting(num_resamples=2))
    strengths = dict(zip(votes.arms, (each.value or 0 for each in found.of_arms), strict=True))
    for club, published in zip(CLUBS, PUBLISHED, strict=True):
        assert strengths[club] - strengths["Baltimore"] == pytest.approx(published, abs=0.005)
    assert (found.tie.value, found.tie.reason) == (0, "nobody tied")


def find_theirs(rows: list[tuple[str, str, str]]) -> tuple[dict[str, float], float]:
    winner = {"left": evalica.Winner.X, "right": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    left, right, outcome = zip(*rows, strict=True)
    found = evalica.newman(
        left, right, [winner[each] for each in outcome], tolerance=1e-14, limit=1_000_000
    )
    logs = np.log(found.scores.sort_index())
    return dict(logs - logs.mean()), 2 * found.v  # Newman's tie term is 2 v sqrt(p q)


def test_strengths_and_the_tie_parameter_are_evalicas(make_votes: Make) -> None:
    votes = make_votes(VOTES)
    found = bradley_terry.estimate(votes, SETTING)
    theirs, tie = find_theirs(VOTES)
    own = {arm: each.value for arm, each in zip(votes.arms, found.of_arms, strict=True)}
    assert own == pytest.approx(theirs, abs=1e-6)
    assert found.tie.value == pytest.approx(tie, abs=1e-6)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("b", "d")]),
            st.sampled_from(["left", "right", "tie"]),
        ),
        max_size=30,
    )
)
def test_as_many_points_and_ties_are_expected_as_were_observed(
    make_votes: Make, more: list[tuple[tuple[str, str], str]]
) -> None:
    every = [(one, other, how) for one, other in (("a", "b"), ("b", "c"), ("c", "d"))
             for how in ("left", "right", "tie")]  # fmt: skip
    rows = [*every, *((*pair, how) for pair, how in more)]
    found = bradley_terry.estimate(make_votes(rows), Setting(num_resamples=1))
    worth = dict(zip("abcd", (np.exp(each.value) for each in found.of_arms), strict=True))
    points, ties = dict.fromkeys("abcd", 0.0), 0.0
    for left, right, how in rows:
        tie = (found.tie.value or 0) * np.sqrt(worth[left] * worth[right])
        total = worth[left] + worth[right] + tie
        ties += tie / total - (how == "tie")
        for arm, is_winner in ((left, how == "left"), (right, how == "right")):
            points[arm] += (worth[arm] + tie / 2) / total - is_winner - (how == "tie") / 2
    assert ties == pytest.approx(0, abs=1e-6)
    assert list(points.values()) == pytest.approx([0] * 4, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("a", "b", "left"), ("b", "c", "left"), ("c", "b", "left")], "'a' was never behind any"),
        ([("a", "b", "left"), ("b", "a", "left"), ("a", "c", "left")], "'c' was never ahead of"),
        (
            [
                ("a", "b", "left"), ("b", "a", "left"), ("c", "d", "left"), ("d", "c", "left"),
                ("a", "c", "left"),
            ],
            "the arms fall into groups of which one was never ahead",
        ),
        ([("a", "b", "tie")], "every vote is a tie"),
        ([("a", "b", "left"), ("a", "b", "tie")], "preferred or tied without end"),
    ],
)  # fmt: skip
def test_strengths_that_do_not_exist_have_a_reason(
    make_votes: Make, rows: list[tuple[str, ...]], reason: str
) -> None:
    found = bradley_terry.estimate(make_votes(rows), SETTING)
    for each in (*found.of_arms, found.tie):
        assert each.value is None
        assert reason in each.reason


def test_the_bootstrap_draws_raters(make_votes: Make) -> None:
    """Raters who agree give a narrow interval however many votes each casts; those who do not, a
    wide one.
    """
    alike = [
        ("a", "b", ("left", "left", "right")[vote % 3], f"p{vote}", f"r{rater}")
        for rater in range(10) for vote in range(12)
    ]  # fmt: skip
    torn = [
        ("a", "b", "left" if rater % 3 else "right", f"p{vote}", f"r{rater}")
        for rater in range(12) for vote in range(10)
    ]  # fmt: skip
    one, other = (
        bradley_terry.estimate(make_votes(rows), SETTING).of_arms[0] for rows in (alike, torn)
    )
    assert one.value == pytest.approx(other.value)
    assert one.low == pytest.approx(one.high)
    assert (other.high or 0) - (other.low or 0) > 0.5


def test_resamples_without_strengths_leave_no_interval(make_votes: Make) -> None:
    rows = [("a", "b", "left", f"p{k}", "r1") for k in range(5)]
    rows += [("a", "b", "right", f"p{k}", "r2") for k in range(5)]
    found = bradley_terry.estimate(make_votes(rows), SETTING).of_arms[0]
    assert found.value == pytest.approx(0)
    assert found.low is None
    assert found.reason.startswith("undefined in ")
    one = [("a", "b", how, how, "r1") for how in ("left", "right")]
    assert bradley_terry.estimate(make_votes(one), SETTING).of_arms[0].reason == (
        "1 rater has no spread"
    )
