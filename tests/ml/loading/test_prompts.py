"""A file of prompts is read as it stands, or refused with the line that is wrong."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.loading import prompts
from ml.loading.problems import UnfitPrompts
from ml.loading.prompts import Prompt

BREAD = '{"key": "bread", "text": "a loaf of bread"}'
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1).filter(
    str.strip
)


def write(folder: Path, text: str, name: str = "p.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_every_column_is_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    row = {
        "key": "a 1", "text": "the first", "negative": "", "scope": "regional", "stratum": "food",
        "region": "sea", "country": "XX", "language": "en", "category": "counting",
    }  # fmt: skip
    found = prompts.read(write(tmp_path, f"{json.dumps(row)}\n\n{BREAD}\n"))
    assert found == [Prompt(**row), Prompt(key="bread", text="a loaf of bread")]
    assert found[0].to_json() == row


def test_csv_means_the_same_and_an_empty_cell_means_nothing(tmp_path: Path) -> None:
    text = '\ufeffkey,text,scope\r\na,"one,\r\ntwo",global\r\nb,three,\r\n'
    assert prompts.read(write(tmp_path, text, "p.csv")) == [
        Prompt(key="a", text="one,\ntwo", scope="global"),
        Prompt(key="b", text="three"),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS | st.none()), min_size=1, max_size=6))
def test_what_is_written_reads_back(rows: list[tuple[str, str | None]]) -> None:
    made = [Prompt(key=f"k{n}", text=text, negative=no) for n, (text, no) in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.jsonl"
        prompts.write(path, made)
        assert prompts.read(path) == made


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"'p\.jsonl' holds no prompts\."),
        (" \n\n", r"'p\.jsonl' holds no prompts\."),
        (f"{BREAD}\n{{", r"Line 2 of 'p\.jsonl' is not JSON: Expecting property name"),
        (f"{BREAD}\n\n[1]", r"Line 3 of 'p\.jsonl' is not an object such as"),
        (f"{BREAD}\n\n{BREAD}", r"Line 3 .* has the key 'bread', which line 1 has already\."),
        ('{"key": "a"}', r"Line 1 of 'p\.jsonl' has no text\."),
        ('{"key": " ", "text": "b"}', r"Line 1 of 'p\.jsonl' has no key\."),
        ('{"key": "a", "text": 5}', r"Line 1 .* has 5 as its text, which is no text\."),
        (
            '{"key": "a", "text": "b\\ud800"}',
            r"Line 1 .* has 'b\?' as its text, which is no text\.",
        ),
        ('{"key": ' + "9" * 5000 + "}", r"Line 1 of 'p\.jsonl' is not JSON: Exceeds the limit"),
        ('{"key": "a", "prompt": "b"}', r"Line 1 .* has the column 'prompt'; prompts have: key, t"),
        ('{"key": "a\\nb", "text": "c"}', "has a key that is not one line of at most 200 print"),
        (
            '{"key": "a", "text": "b", "scope": "local"}',
            r"has the scope 'local'; it may be global or regional\.",
        ),
    ],
)
def test_wrong_line_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UnfitPrompts, match=sentence):
        prompts.read(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("key,text\n", "holds no prompts"),
        ("key,text\na,b\nc\n", r"Line 3 of 'p\.csv' has another number of cells"),
        ("key,text\na,b,c\n", r"Line 2 of 'p\.csv' has another number of cells"),
        ('key,text\na,"b', r"Line 2 of 'p\.csv' is not CSV"),
        ('key,text\na,"b\nb"\na,c', r"Line 4 of 'p\.csv' has the key 'a', which line 2 has"),
        ("key,text,text\na,b,c\n", r"'p\.csv' has the column 'text' more than once\."),
        ("key,words\na,b\n", "Line 2 of 'p.csv' has the column 'words'"),
    ],
)
def test_wrong_line_of_a_csv_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UnfitPrompts, match=sentence):
        prompts.read(write(tmp_path, text, "p.csv"))


def test_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnfitPrompts, match="There is no file 'none' with prompts"):
        prompts.read(tmp_path / "none")
    with pytest.raises(UnfitPrompts, match="is a folder; prompts are one JSONL or CSV file"):
        prompts.read(tmp_path)
    (tmp_path / "p").write_bytes(b"{\xff")
    with pytest.raises(UnfitPrompts, match=r"'p' is not text in UTF-8 \(byte 1\)"):
        prompts.read(tmp_path / "p")
