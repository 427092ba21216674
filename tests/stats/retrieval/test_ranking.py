"""Ranks equal those of sorting the candidates one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from stats.retrieval.measures import MEASURES
from stats.retrieval.ranking import NoRank, rank_first_right
from stats.retrieval.score import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Query, Retrieved

Scores = NDArray[np.float64]
Marks = NDArray[np.bool_]


@st.composite
def queries(draw: st.DrawFn) -> tuple[Scores, Marks]:
    """Few different scores, so that there are ties; at least one right candidate per query."""
    shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 15)))
    values = st.integers(-2, 2).map(float)
    scores = draw(arrays.arrays(np.float64, shape, elements=values))
    right = draw(arrays.arrays(np.bool_, shape))
    for row in right:
        row[draw(st.integers(0, shape[1] - 1))] = True
    return scores, right


def sort_and_look(scores: Scores, right: Marks) -> int:
    """Brute force: the best first, of equal ones the wrong first; right ones do not count before
    others, so all but the first of them are taken away.
    """
    order = sorted(zip(-scores, right, strict=True), key=lambda each: (each[0], each[1]))
    return 1 + [is_right for _, is_right in order].index(True)


def measure(name: str, rank: int) -> float:
    if name == "MRR@10":
        return 1 / rank if rank <= 10 else 0.0
    return float(rank <= int(name.removeprefix("R@")))


@given(queries())
def test_ranks_and_measures_equal_a_brute_force_reference(made: tuple[Scores, Marks]) -> None:
    scores, right = made
    expected = [sort_and_look(*pair) for pair in zip(scores, right, strict=True)]
    ranks = rank_first_right(scores, right)
    assert ranks.tolist() == expected
    for name, function in MEASURES.items():
        assert function(ranks).tolist() == [measure(name, rank) for rank in expected]


@given(queries(), st.randoms())
def test_the_order_of_candidates_decides_nothing(
    made: tuple[Scores, Marks], random: st.randoms
) -> None:
    scores, right = made
    order = list(range(scores.shape[1]))
    random.shuffle(order)
    shuffled = rank_first_right(scores[:, order], right[:, order])
    assert shuffled.tolist() == rank_first_right(scores, right).tolist()


def test_wrong_candidates_of_the_same_score_stand_before_the_right_one() -> None:
    scores = np.zeros((1, 4))
    right = np.array([[False, True, False, False]])
    assert rank_first_right(scores, right).tolist() == [4]


def test_the_best_of_several_right_candidates_counts_and_others_push_nobody_down() -> None:
    scores = np.array([[0.9, 0.8, 0.7, 0.6]])
    assert rank_first_right(scores, np.array([[False, False, True, True]])).tolist() == [3]
    assert rank_first_right(scores, np.array([[True, True, True, False]])).tolist() == [1]


def test_a_query_without_anything_right_and_scores_without_order_are_refused() -> None:
    with pytest.raises(NoRank, match="To query number 1"):
        rank_first_right(np.zeros((2, 2)), np.array([[True, False], [False, False]]))
    with pytest.raises(NoRank, match="NaN or infinite"):
        rank_first_right(np.array([[np.nan, 1.0]]), np.array([[True, False]]))
    with pytest.raises(NoRank, match=r"\[1, 2\].*\[1, 3\]"):
        rank_first_right(np.zeros((1, 2)), np.ones((1, 3), bool))


def make_query(key: str, direction: str, language: str, rank: int) -> Query:
    return Query(
        key=key,
        direction=direction,
        language=language,
        rank=rank,
        num_candidates=20,
        labels=(f"language:{language}",),
    )


def test_a_score_counts_every_query_once_and_tells_directions_and_languages_apart() -> None:
    found = Retrieved(
        measure="R@1",
        queries=[
            make_query("a", IMAGE_TO_TEXT, "id", 1),
            make_query("b", IMAGE_TO_TEXT, "th", 2),
            make_query("a", TEXT_TO_IMAGE, "id", 1),
            make_query("b", TEXT_TO_IMAGE, "th", 11),
        ],
    )
    assert found.score == 50
    assert found.items == {
        "image-to-text a": 1,
        "image-to-text b": 0,
        "text-to-image a": 1,
        "text-to-image b": 0,
    }
    told = found.to_json()
    assert told["by_category"] == {
        "direction:image-to-text": 50,
        "direction:text-to-image": 50,
        "language:id": 100,
        "language:th": 0,
    }
    assert told["measures"]["image-to-text"] == {"R@1": 50, "R@5": 100, "R@10": 100, "MRR@10": 75}
    assert told["measures"]["text-to-image"] == {"R@1": 50, "R@5": 50, "R@10": 50, "MRR@10": 50}
    assert [(row["language"], row["MRR@10"]) for row in told["rows"]] == [
        ("id", 100),
        ("th", 50),
        ("id", 100),
        ("th", 0),
    ]


def test_without_queries_there_is_no_score() -> None:
    assert Retrieved(measure="MRR@10", queries=[]).score is None
