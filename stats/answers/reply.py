"""What was made of an answer."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from stats.answers import words
from stats.answers.normal_form import LATIN, normalise

# refused: it says that it will not or cannot answer. unparsable: it says something else that is no
# answer of the form asked for, or nothing.
Kind = Literal["answered", "refused", "unparsable"]


@dataclass(frozen=True)
class Reply:
    kind: Kind
    option: int | None = None  # of a choice, from 0
    is_match: bool | None = None  # of an open question
    is_tie: bool = False


REFUSED = Reply("refused")
UNPARSABLE = Reply("unparsable")


def read_no_answer(text: str) -> Reply:
    """Of a text in which no answer was found."""
    return REFUSED if _make_refusal().search(normalise(text)) else UNPARSABLE


@cache
def _make_refusal() -> re.Pattern[str]:
    """Never from within a word of the Latin script; others may have no blanks between theirs."""
    phrases = "|".join(map(re.escape, words.list_refusals()))
    return re.compile(rf"(?:(?<![{LATIN}])|(?![{LATIN}]))(?:{phrases})")
