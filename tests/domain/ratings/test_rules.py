"""Decisions about a rating."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ratings import errors, rules
from specs.study.design import Eligibility
from tests.studies import make_design

LIKERT = make_design(criteria=[{"key": "correctness", "levels": 3}])
PAIR = make_design(form="pair", criteria=[{"key": "correctness"}])
RANK = make_design(form="rank", criteria=[{"key": "correctness"}])


def test_a_level_belongs_to_the_only_output() -> None:
    assert rules.read_scores(LIKERT, {"correctness": "3"}, [0]) == {("correctness", 0): 3}


@pytest.mark.parametrize(
    ("position", "value"), [("1", 1), ("2", 0), ("tie", rules.TIE), ("both_bad", rules.BOTH_BAD)]
)
def test_the_better_of_two_is_kept_by_what_it_was_not_by_where_it_stood(
    position: str, value: int
) -> None:
    assert rules.read_scores(PAIR, {"correctness": position}, [1, 0]) == {("correctness", 0): value}


def test_places_belong_to_the_outputs_that_stood_there() -> None:
    scores = rules.read_scores(RANK, {"correctness": [2, 1, 3]}, [2, 0, 1])

    assert scores == {("correctness", 2): 2, ("correctness", 0): 1, ("correctness", 1): 3}


@pytest.mark.parametrize(
    ("design", "value"),
    [
        (LIKERT, "4"), (LIKERT, "0"), (LIKERT, "-1"), (LIKERT, "two"), (LIKERT, "²"),
        (LIKERT, True), (LIKERT, "9" * 400), (PAIR, "3"), (PAIR, "left"), (RANK, [1, 1, 2]),
        (RANK, [1, 2]), (RANK, "123"), (RANK, [0, 1, 2]),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_at_its_criterion(design: Any, value: Any) -> None:
    slots = {"likert": [0], "pair": [0, 1], "rank": [0, 1, 2]}[design.form]
    with pytest.raises(errors.RatingWrong) as wrong:
        rules.read_scores(design, {"correctness": value}, slots)
    assert wrong.value.field == "correctness"


@pytest.mark.parametrize("values", [{}, {"correctness": ""}, {"correctness": None}])
def test_a_criterion_that_was_left_out_is_named(values: dict[str, Any]) -> None:
    with pytest.raises(errors.RatingIncomplete):
        rules.read_scores(LIKERT, values, [0])


def test_a_comment_of_ten_thousand_characters_is_taken_and_one_more_is_not() -> None:
    assert rules.check_comment("ដ" * 10_000)
    with pytest.raises(errors.CommentTooLong, match="at most 10000 characters"):
        rules.check_comment("x" * 10_001)


def test_a_neighbouring_level_is_no_failed_repeat() -> None:
    first = {("correctness", 0): 2}

    assert not rules.is_repeat_failed(first, {("correctness", 0): 3})
    assert rules.is_repeat_failed({("correctness", 0): 1}, {("correctness", 0): 3})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Eligibility(), True),
        (Eligibility(countries="region"), True),
        (Eligibility(languages=("id", "ms")), True),
        (Eligibility(languages=("th",)), False),
    ],
)
def test_who_may_take_part_is_decided_by_what_they_said(
    rule: Eligibility,
    expected: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert expected == rules.is_eligible(
        rule, country="ID", languages=["id"], region_countries=["ID", "TH"]
    )


def test_people_from_elsewhere_are_not_of_the_region() -> None:
    rule = Eligibility(countries="region")
    assert not rules.is_eligible(rule, country="NL", languages=["id"], region_countries=["ID"])


@given(num_arms=st.integers(2, 6), num_items=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_no_arm_stands_before_another_more_than_once_too_often(
    num_arms: int, num_items: int, seed: int
) -> None:
    arms = [f"arm {number}" for number in range(num_arms)]
    shown: list[list[str]] = []
    for number in range(num_items):
        order = rules.order_slots(arms, shown, f"{seed} {number}")
        assert sorted(order) == list(range(num_arms))
        shown.append([arms[slot] for slot in order])
        for one, other in itertools.combinations(arms, 2):
            ahead = sum(each.index(one) < each.index(other) for each in shown)
            assert abs(2 * ahead - len(shown)) <= 1


def test_an_order_does_not_follow_from_the_arms_names() -> None:
    firsts = {rules.order_slots(["a", "b"], [], str(seed))[0] for seed in range(20)}

    assert firsts == {0, 1}
