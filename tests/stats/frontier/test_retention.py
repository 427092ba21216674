"""The retention rule: what was promised to stay, stays; among what is left the region decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.frontier import retention
from stats.frontier.grp import Qualities, find_best
from stats.frontier.scales import ScoresWrong

BASE = Qualities("base", 0, 100, 50)


def test_the_largest_gain_among_those_that_retain_enough_is_recommended() -> None:
    rows = [
        BASE,
        Qualities("quarter", 0.25, 100, 60),
        Qualities("half", 0.5, 98, 70),
        Qualities("tuned", 1, 60, 95),
    ]
    found = retention.recommend(rows)
    assert (found.variant, found.beta) == ("half", 0.5)
    assert found.reason == (
        "'half' has the largest regional gain (+20) of the 2 of 3 variants that keep at least 0.98 "
        "of the base's global quality; it keeps 0.98."
    )
    assert [(each.variant, each.retention, each.gain, each.is_kept) for each in found.judged] == [
        ("quarter", 1, 10, True),
        ("half", 0.98, 20, True),
        ("tuned", 0.6, 45, False),
    ]
    # GRP lets the region pay for the loss.
    assert find_best(rows, 0.43).variant == "half"
    assert find_best(rows, 0.2).variant == "tuned"


def test_exactly_the_share_is_enough_and_less_is_not() -> None:
    assert retention.recommend([BASE, Qualities("a", 1, 98, 60)]).variant == "a"
    assert retention.recommend([BASE, Qualities("a", 1, 97.99, 60)]).variant == "base"
    assert retention.recommend([BASE, Qualities("a", 1, 90, 60)], at_least=0.9).variant == "a"


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ([], "there is no other variant."),
        (
            [Qualities("a", 0.5, 90, 80), Qualities("b", 1, 50, 99)],
            (
                "no variant keeps at least 0.98 of its global quality; 'a' comes nearest and "
                "keeps 0.9."
            ),
        ),
        (
            [Qualities("a", 0.5, 100, 50), Qualities("b", 1, 50, 99)],
            "of the 1 that keep at least 0.98 of its global quality, none is better regionally.",
        ),
    ],
)
def test_the_base_stays_where_nothing_is_better_and_the_reason_is_said(
    others: list[Qualities], reason: str
) -> None:
    found = retention.recommend([BASE, *others])
    assert (found.variant, found.beta, found.reason) == ("base", 0, f"'base' stays: {reason}")


def test_of_equal_gains_the_smaller_change_is_recommended() -> None:
    rows = [Qualities("much", 0.75, 100, 60), Qualities("little", 0.25, 99, 60), BASE]
    assert retention.recommend(rows).variant == "little"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([Qualities("a", 0.5, 1, 1)], "one variant of beta 0; there are 0."),
        ([BASE, BASE], "one variant of beta 0; there are 2."),
        ([Qualities("base", 0, 0, 1)], "The base's global quality is 0"),
    ],
)
def test_without_one_base_there_is_no_retention(rows: list[Qualities], sentence: str) -> None:
    with pytest.raises(ScoresWrong, match=sentence):
        retention.recommend(rows)


@pytest.mark.parametrize("at_least", [0.0, -1.0, 1.01, float("nan")])
def test_what_is_to_be_kept_is_a_share(at_least: float) -> None:
    with pytest.raises(ScoresWrong, match="is a share, above 0 and up to 1, not"):
        retention.recommend([BASE], at_least)


@given(st.lists(st.tuples(st.floats(0.1, 200), st.floats(0, 200)), max_size=6))
def test_nothing_recommended_keeps_too_little_or_gains_less_than_another(
    pairs: list[tuple[float, float]],
) -> None:
    rows = [BASE, *(Qualities(f"v{n}", (n + 1) / 10, *pair) for n, pair in enumerate(pairs))]
    found = retention.recommend(rows)
    chosen = next(row for row in rows if row.variant == found.variant)
    allowed = [row for row in rows if row.q_global / 100 >= 0.98]
    assert chosen in allowed
    assert chosen.q_regional == max(row.q_regional for row in allowed)


def test_the_base_may_be_named_and_then_needs_no_beta_0() -> None:
    rows = [Qualities("a", 0.25, 100, 50), Qualities("b", 0.5, 99, 60)]
    assert retention.recommend(rows, base="a").variant == "b"
    with pytest.raises(ScoresWrong, match="There is no variant 'c' to be the base"):
        retention.recommend(rows, base="c")
