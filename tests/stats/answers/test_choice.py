"""Which option an answer names: strictly, with refusals apart from what cannot be parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.answers import choice
from stats.answers.reply import REFUSED, UNPARSABLE, Reply

OPTIONS = ("gudeg", "rendang", "nasi goreng", "rawon")


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "(b)",
        "[B]",
        "B.",
        "B)",
        "b:",
        " B \n",
        "**B**",
        '"B"',
        "\uff22",  # full width
        "B) rendang",
        "B. Rendang.",
        "B: rendang",
        "B - rendang",
        "B rendang",
        "(B) rendang",
        "rendang",
        "Rendang.",
        "Answer: B",
        "Answer: (b)",
        "answer: b",
        "The answer is B",
        "The answer is B) rendang",
        "The correct answer is: B.",
        "The answer is option B.",
        "Option B",
        "B. A dish of beef that is cooked for hours.",
        "I think the answer is B.",
        "B)\nIt is cooked with coconut milk.",
        "Jawaban: B",
        "Jawabannya adalah B",
        "Jawaban yang benar adalah B.",
        "Đáp án: B",
        "Câu trả lời là B",
        "คำตอบคือ B",
        "ข้อ B",
        "ចម្លើយគឺ B",
        "ຄຳຕອບແມ່ນ B",
        "အဖြေမှာ B",
        "答案是B。",
        "选B",
        "பதில்: B",
    ],
)
def test_one_letter_or_the_exact_words_name_an_option(text: str) -> None:
    assert choice.read(text, OPTIONS) == Reply("answered", option=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "...",
        "A or B",
        "A and B",
        "A, B",
        "Answer: A or B",
        "(A) (B)",
        "A) gudeg\nB) rendang",
        "E",
        "Answer: E",
        "(e)",
        "2",
        "Beef",
        "I like rendang",
        "It is rendang",
        "rendang, gudeg",
        "B. nasi goreng",  # the words of another option
        "The answer is a dish",
        "A dish of beef",
        "Either B or C, I would say",
        "B is wrong, the answer is C",
    ],
)
def test_two_letters_or_none_cannot_be_parsed(text: str) -> None:
    assert choice.read(text, OPTIONS) == UNPARSABLE


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I cannot answer that.",
        "I don\u2019t know.",
        "I am unable to see pictures.",
        "Maaf, saya tidak dapat menjawab pertanyaan ini.",
        "Tôi không thể trả lời.",
        "ขออภัย ฉันไม่ทราบ",
        "抱歉,我不知道。",
        "Paumanhin, hindi ko alam.",
        "மன்னிக்கவும்",
        "សូមអភ័យទោស",
        "ຂໍອະໄພ",
        "တောင်းပန်ပါတယ်",
    ],
)
def test_refusals_are_known_in_many_languages(text: str) -> None:
    assert choice.read(text, OPTIONS) == REFUSED


def test_a_letter_counts_though_there_is_an_apology_before_it() -> None:
    text = "I'm sorry if this is wrong. Answer: C"
    assert choice.read(text, OPTIONS) == Reply("answered", option=2)


def test_only_the_letters_of_the_question_count() -> None:
    assert choice.read("C", OPTIONS[:2]) == UNPARSABLE
    assert choice.read("E", (*OPTIONS, "soto")) == Reply("answered", option=4)


def test_capitals_inside_the_options_own_words_are_no_other_letters() -> None:
    options = ("vitamin C", "vitamin A", "iron", "zinc")
    assert choice.read("B. Vitamin A", options) == Reply("answered", option=1)
    assert choice.read("vitamin c", options) == Reply("answered", option=0)
    assert choice.read("B. Vitamin C", options) == UNPARSABLE


def test_a_letter_that_is_also_the_words_of_another_option_names_two() -> None:
    assert choice.read("B", ("B", "C")) == UNPARSABLE
    assert choice.read("B", ("A", "B")) == Reply("answered", option=1)


def test_a_word_of_another_option_is_no_letter() -> None:
    options = ("soup", "a dish of rice", "bread")
    assert choice.read("Answer: A dish of rice", options) == UNPARSABLE
    assert choice.read("The answer is A because it is hot", options) == Reply("answered", option=0)


def test_words_that_two_options_share_name_none_of_them() -> None:
    options = ("Spain", "Korea", "Hong Kong", "Hong Kong")
    assert choice.read("Hong Kong", options) == UNPARSABLE
    assert choice.read("D. Hong Kong", options) == Reply("answered", option=3)


def test_options_in_other_scripts_are_named_by_their_words() -> None:
    options = ("ต้มยำ", "ผัดไทย")
    assert choice.read("ผัดไทย", options) == Reply("answered", option=1)
    assert choice.read("A) ต้มยำ", options) == Reply("answered", option=0)


@given(st.text(max_size=60))
def test_anything_can_be_read(text: str) -> None:
    reply = choice.read(text, OPTIONS)
    assert (reply.kind == "answered") == (reply.option is not None)


@given(st.integers(0, 3), st.sampled_from(["{}", "({})", "{}.", "Answer: {}", "**{}**\n"]))
def test_every_letter_is_read_alike(place: int, form: str) -> None:
    assert choice.read(form.format("ABCD"[place]), OPTIONS) == Reply("answered", option=place)
