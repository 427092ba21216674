import pytest

from reports.speech import Speech


@pytest.mark.parametrize(
    ("code", "value", "digits", "said"),
    [
        ("en", 1234.5678, 2, "1,234.57"),
        ("id", 1234.5678, 2, "1.234,57"),
        ("en", -0.0004, 3, "0.000"),
        ("en", -0.5, 1, "\u22120.5"),
        ("en", None, 3, "\u2013"),
    ],
)
def test_numbers_are_written_as_the_language_does(
    code: str, value: float | None, digits: int, said: str
) -> None:
    assert Speech(code).number(value, digits) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.1, "+0.100"), (-0.1, "\u22120.100"), (0.0001, "0.000")]
)
def test_a_sign_is_there_where_something_is(value: float, said: str) -> None:
    assert Speech("en").signed(value) == said


def test_study_content_is_in_the_reader_s_language_or_else_as_it_is() -> None:
    assert Speech("id").pick({"en": "Landmark", "id": "Bangunan"}) == "Bangunan"
    assert Speech("id").pick({"en": "Landmark", "th": "สถานที่"}) == "Landmark"
    assert Speech("id").pick({"th": "สถานที่"}) == "สถานที่"
    assert Speech("id").pick({}, "landmark") == "landmark"


def test_a_value_may_be_called_like_an_argument() -> None:
    assert Speech("en")("%(text)s of %(self)s", text="a", self="b") == "a of b"


@pytest.mark.parametrize(
    ("tag", "said"),
    [("th", "Thai"), ("zh-Hant", "Traditional Chinese"), ("xx-x-formal", "xx-x-formal")],
)
def test_languages_and_their_varieties_are_called_by_name(tag: str, said: str) -> None:
    assert Speech("en").language(tag) == said
