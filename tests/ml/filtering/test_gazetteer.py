"""Terms of a region in captions, in scripts with spaces and without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.filtering.gazetteer import Find, Gazetteer, collect_entries
from ml.scripts import split_words
from specs.region import Region


def search(caption: str, *terms: str) -> list[str]:
    entries = (Find(term=term, stratum="food", countries=("IS",)) for term in terms)
    return [found.term for found in Gazetteer(entries).search(caption)]


@pytest.mark.parametrize(
    ("caption", "term", "is_there"),
    [
        ("a bowl of bakso, hot", "bakso", True),
        ("baksos", "bakso", False),
        ("warungbakso", "bakso", False),
        ("BAKSO!", "bakso", True),
        ("#bakso", "bakso", True),
        ("bakso2go", "bakso", False),
        ("gado gado", "gado-gado", True),
        ("Gado-Gado", "gado gado", True),
        ("gado, gado", "gado-gado", True),
        ("nasi  goreng", "nasi goreng", True),
        ("nasi\ngoreng", "nasi goreng", True),
        ("goreng nasi", "nasi goreng", False),
        ("nasi ayam goreng", "nasi goreng", False),
        ("bánh mì", "bánh mì", True),  # composed and decomposed are one
        ("bánh mìa", "bánh mì", False),
        ("தோசை சாப்பிடு", "தோசை", True),  # vowel signs belong to the word
        ("தோசையை", "தோசை", False),
        ("我在吃炒粿条呢", "炒粿条", True),
        ("กินผัดไทยอร่อย", "ผัดไทย", True),
        ("pad thaiผัดไทย", "ผัดไทย", True),
        ("น้ำปลา", "น้ำ", True),
        ("กาแฟ", "กา", True),
        ("กิน", "ก", False),  # a vowel sign follows: the syllable goes on
        ("អង្គរវត្ត", "អង្គរ", True),
        ("ក្រ", "ក", False),  # the next consonant is written below it
        ("ក្រ", "រ", False),  # and so is this one below that before
        ("\uff22\uff21kso", "bakso", True),  # full width
        ("", "bakso", False),
    ],
)
def test_a_term_is_found_as_a_whole_word(caption: str, term: str, *, is_there: bool) -> None:
    assert (search(caption, term) == [term]) is is_there


def test_the_longest_term_at_a_place_is_the_one_found() -> None:
    assert search("laksa katong and laksa", "laksa", "laksa katong") == ["laksa katong", "laksa"]
    assert search("海南鸡饭", "海南", "海南鸡饭") == ["海南鸡饭"]


def test_what_is_found_twice_is_told_once_and_in_the_captions_order() -> None:
    assert search("sambal, jamu, sambal", "jamu", "sambal") == ["sambal", "jamu"]


def test_entries_are_all_spellings_and_the_names_of_places(region: Region) -> None:
    found = {entry.term: entry for entry in collect_entries(region)}
    assert found["お好み焼き"].countries == ("JP",)
    assert found["hardfish"].stratum == "food"
    assert found["Iceland"].countries == ("IS",)
    assert found["Eyjar"].countries == ()


def test_countries_and_strata_narrow_the_entries(region: Region) -> None:
    by_country = {entry.term for entry in collect_entries(region, countries=["JP"])}
    assert by_country == {"okonomiyaki", "お好み焼き", "Japan", "日本"}
    by_stratum = {entry.term for entry in collect_entries(region, strata=["places"])}
    assert by_stratum == {"gullfoss"}


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6))
def test_a_word_is_always_found_among_others(words: list[str]) -> None:
    caption = " ".join(words)
    for word in words:
        parts = split_words(word)
        if len(parts) == 1 and parts[0] == word:
            assert search(caption, word) == [word]
