"""Scores of answers: counted by hand, with everything that is no right answer apart."""

import math

import pytest

from stats.answers.modes import Output, OutputUnfit, Question
from stats.answers.score import Scored, score

CHOICES = [
    Question(key="a", options=("x", "y"), answer=0, labels=("country:XA", "language:xx")),
    Question(key="b", options=("x", "y"), answer=1, labels=("country:XA",)),
    Question(key="c", options=("x", "y"), answer=1, labels=("country:XB",)),
    Question(key="d", options=("x", "y"), answer=1, labels=("country:XB",)),
    Question(key="e", options=("x", "y"), answer=1),
]


def say(key: str, text: str = "", *, seed: int = 0, scores: list[float] | None = None) -> Output:
    return Output(key=key, seed=seed, text=text, option_scores=scores)


def score_letters(**said: str) -> Scored:
    return score(CHOICES, [say(key, text) for key, text in said.items()], "choice")


def test_the_score_is_the_share_of_questions_with_an_output() -> None:
    found = score_letters(a="A", b="A", c="I cannot answer that.", d="hm")
    assert found.score == 25.0
    assert found.of_answered == 50.0
    facts = found.to_json()
    assert (facts["n_correct"], facts["n_answered"]) == (1, 2)
    assert (facts["n_refused"], facts["n_unparsable"]) == (1, 1)
    assert (facts["n_items"], facts["gaps"]) == (4, 1)
    assert facts["left_out"] == [{"item_id": "e", "reason": "gap", "message": "there is no output"}]


def test_groups_are_means_over_their_own_questions() -> None:
    found = score_letters(a="A", b="A", c="B")
    assert found.by_label == {"country:XA": 50.0, "country:XB": 100.0, "language:xx": 100.0}
    assert found.questions_by_label == {"country:XA": 2, "country:XB": 1, "language:xx": 1}


def test_without_outputs_there_is_no_score() -> None:
    found = score(CHOICES, [], "choice")
    assert (found.score, found.of_answered) == (None, None)
    assert len(found.gaps) == 5


def test_several_seeds_of_a_question_count_as_their_mean() -> None:
    outputs = [say("a", "A", seed=0), say("a", "B", seed=1), say("b", "B")]
    found = score(CHOICES[:2], outputs, "choice")
    assert found.items == {"a": 0.5, "b": 1.0}
    assert found.score == 75.0
    assert found.to_json()["n_outputs"] == 3


def test_the_likeliest_option_counts_and_ties_are_told() -> None:
    outputs = [
        say("a", "ignored", scores=[-1.0, -2.0]),
        say("b", scores=[-1.0, -1.0]),
        say("c", scores=[-3.0, -0.5]),
    ]
    found = score(CHOICES[:3], outputs, "likelihood")
    assert found.items == {"a": 1.0, "b": 0.0, "c": 1.0}
    assert found.to_json()["n_ties"] == 1


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (None, "'a' has no likelihoods"),
        ([-1.0], "'a' has 1 likelihoods for 2 options"),
        ([-1.0, math.nan], "'a' is not finite"),
    ],
)
def test_likelihoods_that_cannot_be_used_are_refused(scores: list[float] | None, said: str) -> None:
    with pytest.raises(OutputUnfit, match=said):
        score(CHOICES[:1], [say("a", scores=scores)], "likelihood")


def test_open_questions_are_matched_with_all_that_is_accepted() -> None:
    questions = [
        Question(key="o", answers=("Hungary", "Hungaria"), language="en"),
        Question(key="p", answers=("3",), language="th"),
    ]
    found = score(questions, [say("o", "Hungaria."), say("p", "๓")], "open")
    assert found.score == 100.0


def test_a_choice_may_be_answered_in_words() -> None:
    question = Question(key="q", options=("x", "rice"), answer=1, answers=("rice",), language="en")
    assert score([question], [say("q", "the rice")], "open").score == 100.0
