"""Prompts from JSON lines, tables and plain lines; every line that is wrong is told."""

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.prompts import errors, reading
from specs import prompts as written
from specs.prompts import FIELDS, SCOPES, PromptLine


def say(text: str) -> list[tuple[int, str]]:
    with pytest.raises(errors.PromptsWrong) as caught:
        reading.read(text)
    return [(each.line, str(each.sentence)) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('\n {"text": "a"}', "jsonl"),
        ("key,text\na,b", "csv"),
        ("TEXT\na", "csv"),
        ("text of a prompt, and more", "lines"),
        ("a market\n", "lines"),
    ],
)
def test_the_form_is_seen_from_the_first_line(text: str, form: str) -> None:
    assert reading.detect(text) == form


def test_plain_lines_are_numbered_and_blank_ones_skipped() -> None:
    assert reading.read("a market\n\n  a boat \n", scope="regional") == [
        PromptLine(key="0001", text="a market", scope="regional"),
        PromptLine(key="0002", text="a boat", scope="regional"),
    ]


def test_a_table_may_leave_columns_out_and_quote_commas() -> None:
    found = reading.read('\ufefftext,key,category\n"a, b",k1,\nc,,food\n')
    assert found == [
        PromptLine(key="k1", text="a, b"),
        PromptLine(key="0002", text="c", category="food"),
    ]


def test_every_line_that_is_wrong_is_told_with_its_number() -> None:
    text = (
        '{"text": "fine"}\n'
        "[1]\n"
        '{"text": 3}\n'
        '{"text": "a", "colour": "red"}\n'
        '{"text": "a", "scope": "local"}\n'
        '{"text": "a", "key": "0001"}\n'
        '{"text": "a\\tb"}\n'
        f'{{"text": "{"a" * 4001}"}}\n'
    )
    assert say(text) == [
        (2, 'It is not a JSON object such as {"text": "a market"}.'),
        (3, "'text' must be text."),
        (4, f"'colour' is no field of a prompt; the fields are: {', '.join(FIELDS)}."),
        (5, "The scope is 'global' or 'regional', not 'local'."),
        (6, "The key '0001' stands in an earlier line as well."),
        (7, "'text' must be one line of printable characters."),
        (8, "'text' has 4001 characters; at most 4000 are taken."),
    ]


def test_only_the_first_problems_are_told_and_the_rest_counted() -> None:
    with pytest.raises(errors.PromptsWrong) as caught:
        reading.read("{}\n" * 30)
    assert len(caught.value.problems) == reading.MOST_PROBLEMS
    assert caught.value.num_more == 10
    assert str(caught.value) == "Line 1: It has no text."


@pytest.mark.parametrize("text", ["", "\n \n", "text\n"])
def test_nothing_is_no_set(text: str) -> None:
    with pytest.raises(errors.NoPrompts):
        reading.read(text)


def test_a_table_that_breaks_off_is_told() -> None:
    ((line, sentence),) = say('key,text\na,"b\n')
    assert line == 1
    assert "cannot be read from line" in sentence


WORDS = st.text(string.ascii_letters + "é ក,\"'{}", min_size=1, max_size=12).filter(str.strip)
PROMPTS = st.lists(
    st.builds(
        PromptLine,
        key=st.uuids().map(str),
        text=WORDS.map(str.strip),
        negative=WORDS.map(str.strip) | st.just(""),
        scope=st.sampled_from(SCOPES),
        stratum=WORDS.map(str.strip) | st.just(""),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda prompt: prompt.key,
)


@given(PROMPTS)
def test_what_is_written_reads_back_the_same(prompts: list[PromptLine]) -> None:
    assert reading.read(written.write(prompts)) == prompts


@given(PROMPTS)
def test_a_table_says_the_same_as_json_lines(prompts: list[PromptLine]) -> None:
    out = io.StringIO()
    table = csv.DictWriter(out, FIELDS)
    table.writeheader()
    table.writerows([vars(prompt) for prompt in prompts])
    assert reading.read(out.getvalue()) == prompts
