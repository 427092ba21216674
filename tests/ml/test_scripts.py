"""Words, and letters as people see them, in scripts with spaces and without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import scripts


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("cafe\u0301", 4),
        ("กำลัง", 3),  # sara am belongs to its consonant
        ("ស្ត្រី", 1),  # three consonants, stacked
        ("မြန်မာ", 3),
        ("နို့", 1),
        ("👩\u200d👩\u200d👧🇹🇭", 2),
        ("நிறம்", 3),
    ],
)
def test_letters_are_what_people_see(text: str, letters: int) -> None:
    assert len(scripts.split_letters(text)) == letters


@given(st.text(max_size=60))
def test_letters_together_are_the_text(text: str) -> None:
    assert "".join(scripts.split_letters(text)) == text


def test_runs_tell_scripts_without_spaces_from_words() -> None:
    assert list(scripts.split_runs("Pad thai ผัดไทย-2 杯茶")) == [
        ("Pad", False), ("thai", False), ("ผัดไทย", True), ("2", False), ("杯茶", True),
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_words_are_the_runs_of_scripts_with_spaces(text: str) -> None:
    words = [run for run, is_unspaced in scripts.split_runs(text) if not is_unspaced]
    assert list(scripts.split_words(text)) == words
    assert all(run in text for run, _ in scripts.split_runs(text))
