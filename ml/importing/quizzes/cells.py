"""From a row's cells to values. Nothing is guessed: what is not what it should be is named."""

import ast
import json
import string
from collections.abc import Mapping, Sequence
from typing import Any

from ml.datasets.problems import Reason, UnfitItem, clean_text, shown

Row = Mapping[str, Any]


def read_text(row: Row, *columns: str) -> str:
    """Of the first of these columns that says something."""
    for column in columns:
        value = row.get(column)
        if value is None or value == "":
            continue
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise UnfitItem(
            Reason.UNREADABLE_ROW,
            f"Column '{shown(column)}' holds {type(value).__name__}, not text.",
        )
    return ""


def need_question(row: Row, *columns: str) -> str:
    question = read_text(row, *columns)
    if not question:
        raise UnfitItem(Reason.NO_QUESTION, "The row asks nothing.")
    return question


def read_list(row: Row, column: str) -> tuple[str, ...]:
    """A list of texts; in a table of text, as JSON or as Python writes one."""
    value = row.get(column)
    if isinstance(value, str):
        value = _parse_list(value, column)
    if value is None:
        return ()
    if not isinstance(value, Sequence) or not all(isinstance(each, str) for each in value):
        raise UnfitItem(Reason.UNREADABLE_ROW, f"Column '{shown(column)}' holds no list of texts.")
    return tuple(map(clean_text, value))


def _parse_list(text: str, column: str) -> Any:
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    raise UnfitItem(
        Reason.UNREADABLE_ROW,
        f'Column \'{shown(column)}\' holds no list, such as ["bread", "rice"].',
    )


def find_option(answer: str, options: Sequence[str]) -> int:
    """Where the right option stands: named by its letter, or by its words."""
    letters = string.ascii_uppercase[: len(options)]
    places: set[int] = {options.index(answer)} if options.count(answer) == 1 else set()
    if len(answer) == 1 and answer.upper() in letters:
        places.add(letters.index(answer.upper()))
    if len(places) == 1:
        return places.pop()
    if places:
        raise UnfitItem(
            Reason.NO_ANSWER,
            f"The answer '{shown(answer)}' is the letter of one option and the words of another.",
        )
    raise UnfitItem(
        Reason.NO_ANSWER,
        f"The answer '{shown(answer)}' is neither a letter from {letters[:1]} to {letters[-1:]} "
        "nor one of the options.",
    )


def check_place(place: int, options: Sequence[str]) -> int:
    if not 0 <= place < len(options):
        raise UnfitItem(
            Reason.NO_ANSWER,
            f"The right answer is number {place}, counted from 0, of {len(options)} options.",
        )
    return place


def read_picture(row: Row, *columns: str) -> bytes | str | None:
    """A path, an address, bytes, or Hugging Face's pair of bytes and path."""
    for column in columns:
        value = row.get(column)
        if isinstance(value, Mapping):
            value = value.get("bytes") if value.get("bytes") is not None else value.get("path")
        if value is None or value in ("", b""):
            continue
        if isinstance(value, bytes | str):
            return value
        raise UnfitItem(
            Reason.UNREADABLE_ROW,
            f"Column '{shown(column)}' holds {type(value).__name__}, not a path or a picture.",
        )
    return None
