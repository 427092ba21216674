"""Answers in words, and the form in which words are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.answers import open_ended
from stats.answers.normal_form import normalise
from stats.answers.reply import REFUSED, UNPARSABLE, Reply

RIGHT, WRONG = Reply("answered", is_match=True), Reply("answered", is_match=False)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("  Nasi   Goreng. ", "nasi goreng"),
        ("nasi-goreng", "nasi goreng"),
        ("\uff32endang", "rendang"),  # full width
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ph\u1edf", "ph\u1edf"),  # accents stay
        ("Pho\u031b\u0309", "ph\u1edf"),  # composed
        ("o'clock", "oclock"),
        ("1,000", "1000"),
        ("1.000", "1000"),
        ("1.000.000", "1000000"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("12.3456", "12.3456"),
        ("\u0e51\u0e52", "12"),  # Thai digits
        ("\u17e3", "3"),  # Khmer
        ("\u1045", "5"),  # Burmese
        ("ผัด ไทย", "ผัดไทย"),
        ("ผัด\u200bไทย", "ผัดไทย"),
        ("印度 尼西亚。", "印度尼西亚"),
        ("ខ្មែរ ស្រី", "ខ្មែរស្រី"),
        ("மசாலா தோசை", "மசாலா தோசை"),  # Tamil has blanks
        ("Pad thai (ผัดไทย)", "pad thaiผัดไทย"),
        ("!?", ""),
    ],
)
def test_what_means_the_same_has_one_form(text: str, form: str) -> None:
    assert normalise(text) == form


@given(st.text(max_size=40))
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_any_accepted_answer_is_right() -> None:
    accepted = ("Hungary", "Hongaria")
    assert open_ended.read("hongaria.", accepted, "id") == RIGHT
    assert open_ended.read("HUNGARY", accepted, "id") == RIGHT
    assert open_ended.read("Austria", accepted, "id") == WRONG


def test_a_part_of_the_answer_is_not_enough() -> None:
    assert open_ended.read("It is rendang", ("rendang",), "en") == WRONG
    assert open_ended.read("rendang and rice", ("rendang",), "en") == WRONG


def test_a_leading_article_of_the_questions_language_is_dropped() -> None:
    assert open_ended.read("The Borobudur", ("Borobudur",), "en-GB") == RIGHT
    assert open_ended.read("Borobudur", ("the Borobudur",), "en") == RIGHT
    assert open_ended.read("an giang", ("giang",), "vi") == WRONG  # 'an' is a word there
    assert open_ended.read("the", ("the",), "en") == RIGHT  # never dropped to nothing


def test_refusals_are_counted_apart_unless_they_are_what_was_asked_for() -> None:
    assert open_ended.read("I don't know", ("rice",), "en") == REFUSED
    assert open_ended.read("I don't know", ("I don't know",), "en") == RIGHT
    assert open_ended.read(" ", ("rice",), "en") == UNPARSABLE
    assert open_ended.read("As an AI, I can only guess", ("rice",), "en") == REFUSED
    assert open_ended.read("It was an airport", ("rice",), "en") == WRONG  # no refusal


def test_numbers_match_in_any_script() -> None:
    assert open_ended.read("๓", ("3",), "th") == RIGHT
    assert open_ended.read("1.500", ("1500",), "id") == RIGHT
    assert open_ended.read("1.5", ("15",), "id") == WRONG
