"""Chunks end where sentences end, lose nothing, and never tear a letter apart."""

from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ml import scripts
from ml.retrieval import chunking

SENTENCES = {
    "Latin": ("Laksa is a soup. It is hot! Is it? Yes.", 4),
    "initials and numbers": ("J. K. Tan ate 3.5 kg of rice. He slept.", 2),
    "small letters": ("It costs approx. five dollars.", 1),
    "quotes": ("“Come in.” She sat down.", 2),
    "paragraphs": ("A title\n\nA text without an end\nAnother", 3),
    "Vietnamese": ("Phở là món ăn. Nó rất ngon.", 2),
    "Thai": ("ผัดไทยเป็นอาหาร ทำจากเส้นก๋วยเตี๋ยว ใส่ไข่ 2 ฟอง", 3),
    "Lao": ("ເຂົ້າໜຽວ ເປັນອາຫານຫຼັກ", 2),
    "Khmer": ("អាម៉ុកជាម្ហូបខ្មែរ។ វាធ្វើពីត្រី។ល្អ។", 3),
    "Burmese": ("မုန့်ဟင်းခါးသည် အစားအစာဖြစ်သည်။ ငါးဖြင့်ချက်သည်။", 2),
    "Chinese": ("茶很好。你喝吗？好，喝。", 3),  # noqa: RUF001 - its own signs
    "Tamil": ("இட்லி ஒரு உணவு. அது வெள்ளை.", 2),
    "Devanagari": ("यह चाय है। वह दूध है।", 2),
}
# Letters with marks below and above, stacked consonants, joined emoji, blanks and signs.
PIECES = st.sampled_from([
    *"aB.!? \n,។။。เก็", "é", "ញ្ញុំ", "မြန်", "က္ခ", "👩‍👩‍👧", "ก่ำ", "நி", "한", "the soup ", "Word. ",
    "\r\n", "\u200b", "\u0301", "🇹🇭",
])  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=120).map("".join), st.text(max_size=120))


@pytest.mark.parametrize("kind", SENTENCES)
def test_sentences_end_as_their_script_ends_them(kind: str) -> None:
    text, number = SENTENCES[kind]
    found = chunking.split_sentences(text)
    assert len(found) == number, found
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_chunk_holds_whole_sentences_where_they_fit() -> None:
    text = "Aaa bbb. Ccc ddd. Eee fff. Ggg hhh. Iii jjj."
    found = [text[start:end] for start, end in chunking.split(text, size=28, overlap=9)]
    assert found == ["Aaa bbb. Ccc ddd. Eee fff.", "Eee fff. Ggg hhh. Iii jjj."]


def test_a_sentence_without_room_is_cut_at_a_clause_then_at_a_word() -> None:
    text = "Rice, coconut milk and lemongrass, and a little salt"
    found = [text[start:end] for start, end in chunking.split(text, size=36, overlap=0)]
    assert found == ["Rice, coconut milk and lemongrass,", "and a little salt"]
    found = [text[start:end] for start, end in chunking.split(text, size=20, overlap=0)]
    assert found == ["Rice,", "coconut milk and", "lemongrass,", "and a little salt"]


def test_overlap_is_of_whole_words() -> None:
    text = " ".join(f"word{number}" for number in range(40))
    spans = chunking.split(text, size=60, overlap=20)
    assert len(spans) > 4
    for (_, end), (start, _) in pairwise(spans):
        assert 0 < end - start <= 20
        assert text[start - 1] == " "


def test_nothing_makes_no_chunks() -> None:
    assert chunking.split("", size=50, overlap=10) == []
    assert chunking.split(" \n ", size=50, overlap=10) == []


@given(TEXTS, st.integers(1, 60), st.integers(0, 30))
def test_chunks_cover_the_text_in_order_and_within_bounds(text: str, size: int, more: int) -> None:
    overlap = min(more, size // 2)
    spans = chunking.split(text, size=size, overlap=overlap)
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(text[at].isspace() for at in set(range(len(text))) - covered)
    for start, end in spans:
        assert start < end
        assert text[start:end] == text[start:end].strip()
        if end - start > size:  # a single letter
            assert not any(start < edge < end for edge in scripts.find_letter_ends(text))
    for (start, end), (next_start, next_end) in pairwise(spans):
        assert start < next_start
        assert end < next_end
        assert end - next_start <= overlap


@given(TEXTS, st.integers(1, 60), st.integers(0, 30))
def test_no_letter_is_cut_in_two(text: str, size: int, more: int) -> None:
    edges = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    for start, end in chunking.split(text, size=size, overlap=min(more, size // 2)):
        assert end in edges
        # A blank that carries a mark is a letter to Unicode; the mark may open a chunk.
        assert start in edges or text[start - 1].isspace()
