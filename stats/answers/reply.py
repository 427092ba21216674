"""What was made of an answer."""

from dataclasses import dataclass
from typing import Literal

from stats.answers import words
from stats.answers.normal_form import normalise

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
    plain = normalise(text)
    return REFUSED if any(phrase in plain for phrase in words.list_refusals()) else UNPARSABLE
