"""Our own columns: `question`, and either `options` (a list, or `option_a` and so on) with `answer`
(the place from 0, a letter, or the option's words), or `answers` (a list, or one in `answer`).

All else may be left out: `key`, `picture`, `scope`, `country`, `language`, `category`, `stratum`,
`split`, `group`, `source`, `licence`, `context`.
"""

import string
from collections.abc import Mapping
from typing import Any

from ml.datasets.problems import Reason, UnfitItem
from ml.importing.quizzes import cells
from ml.importing.quizzes.shapes.found import Found, Place

columns = (("question",), ("answer", "answers"))
KNOWN = (
    *("key", "question", "options", "answer", "answers", "picture", "image", "file", "sha256"),
    *("scope", "region", "country", "language", "category", "stratum", "split", "group"),
    *("source", "licence", "license", "context"),
    *(f"option_{letter}" for letter in string.ascii_lowercase),
)


def read(row: Mapping[str, Any], place: Place) -> list[Found]:
    options = _read_options(row)
    return [
        Found(
            key=cells.read_text(row, "key") or f"{place.table.key}-{place.number}",
            question=cells.need_question(row, "question"),
            options=options,
            answer=_read_place(row, options) if options else None,
            answers=() if options else _read_answers(row),
            picture=cells.read_picture(row, "picture", "image", "file"),
            sha256=cells.read_text(row, "sha256"),
            is_pictured=False,
            scope=cells.read_text(row, "scope"),
            region=cells.read_text(row, "region"),
            country=place.names.read_country(cells.read_text(row, "country")),
            language=place.names.read_language(cells.read_text(row, "language")),
            category=cells.read_text(row, "category"),
            stratum=cells.read_text(row, "stratum"),
            split=cells.read_text(row, "split") or place.table.split,
            group=cells.read_text(row, "group"),
            source=cells.read_text(row, "source"),
            licence=cells.read_text(row, "licence", "license"),
            context=_read_texts(row, "context"),
        )
    ]


def _read_options(row: Mapping[str, Any]) -> tuple[str, ...]:
    if row.get("options"):
        return cells.read_list(row, "options")
    lettered = [cells.read_text(row, f"option_{letter}") for letter in string.ascii_lowercase]
    while lettered and not lettered[-1]:
        lettered.pop()
    return tuple(lettered)


def _read_place(row: Mapping[str, Any], options: tuple[str, ...]) -> int:
    said = row.get("answer")
    if isinstance(said, int) and not isinstance(said, bool):
        return cells.check_place(said, options)
    words = cells.read_text(row, "answer")
    # A table of text has no numbers; where the options are numbers, their words go first.
    if words.isascii() and words.isdigit() and words not in options:
        return cells.check_place(int(words), options)
    return cells.find_option(words, options)


def _read_answers(row: Mapping[str, Any]) -> tuple[str, ...]:
    answers = _read_texts(row, "answers") or _read_texts(row, "answer")
    if not answers:
        raise UnfitItem(Reason.NO_ANSWER, "The row has neither options nor an answer.")
    return answers


def _read_texts(row: Mapping[str, Any], column: str) -> tuple[str, ...]:
    """A list, or one text."""
    value = row.get(column)
    is_list = isinstance(value, list) or (isinstance(value, str) and value.startswith("["))
    if is_list:
        return cells.read_list(row, column)
    one = cells.read_text(row, column)
    return (one,) if one else ()
