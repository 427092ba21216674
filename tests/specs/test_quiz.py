"""A question about a picture, as it is written down."""

import pytest
from pydantic import ValidationError

from specs import quiz
from specs.quiz import QuizItem


def make_item(**overrides: object) -> QuizItem:
    given: dict[str, object] = {"key": "bread-1", "question": "What is on the plate?"}
    return QuizItem.model_validate(given | overrides)


def test_a_choice_accepts_the_words_of_its_right_option() -> None:
    item = make_item(options=["bread", "rice"], answer=1)
    assert item.is_choice
    assert item.answers == ("rice",)
    assert item.letters == "AB"


def test_an_open_question_has_no_letters_and_is_a_group_of_its_own() -> None:
    item = make_item(answers=["bread", "a loaf"])
    assert not item.is_choice
    assert item.letters == ""
    assert item.group == "bread-1"


def test_what_is_empty_is_not_written() -> None:
    assert make_item(answers=["bread"]).to_json() == {
        "key": "bread-1",
        "question": "What is on the plate?",
        "answers": ["bread"],
        "scope": "global",
        "group": "bread-1",
    }


def test_the_place_of_the_first_option_is_written() -> None:
    assert make_item(options=["bread", "rice"], answer=0).to_json()["answer"] == 0


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "neither options nor accepted answers"),
        ({"answers": ["bread"], "answer": 0}, "no options"),
        ({"options": ["bread"], "answer": 0}, "one option"),
        ({"options": ["bread", "rice"]}, "does not say which is right"),
        ({"options": ["bread", "rice"], "answer": 2}, "counted from 0, of 2 options"),
        ({"options": ["bread", "rice"], "answer": True}, "valid integer"),
        ({"options": ["bread", "rice"], "answer": 0, "answers": ["rice"]}, "right option's text"),
        ({"options": ["bread", " "], "answer": 0}, "must not be blank"),
        ({"options": list("abcdefghijklmnopqrstuvwxyz1"), "answer": 0}, "at most 26"),
        ({"answers": ["bread"], "picture": "pictures/a.png"}, "no picture has none"),
        ({"answers": ["bread"], "picture": "pictures/a.png", "sha256": "12"}, "no SHA-256"),
        ({"answers": ["\ud800"]}, "valid string"),
        ({"answers": ["bread"], "country": "A\nB"}, "one line"),
        ({"answers": ["bread"], "scope": "local"}, "'global' or 'regional'"),
        ({"answers": ["bread"], "colour": "red"}, "Extra inputs"),
    ],
)
def test_what_is_no_question_is_refused(facts: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make_item(**facts)


def test_the_digest_depends_on_words_and_order() -> None:
    first, second = make_item(answers=["bread"]), make_item(key="rice", answers=["rice"])
    assert quiz.digest([first, second]) == quiz.digest([first, second])
    assert quiz.digest([first, second]) != quiz.digest([second, first])
    assert quiz.digest([first]) != quiz.digest([make_item(answers=["a loaf"])])
