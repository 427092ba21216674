"""What can be wrong with an item, and with a source as a whole.

An item's problem is a value: it is listed beside the items and ends nothing. A source's problem is
an exception: nothing of the source is imported.
"""

import enum
import unicodedata
from dataclasses import dataclass

LONGEST_SHOWN = 160


class Reason(enum.StrEnum):
    NO_PICTURE = "no_picture"
    REMOTE_PICTURE = "remote_picture"
    MISSING_FILE = "missing_file"
    UNREADABLE_FILE = "unreadable_file"
    OUTSIDE_FOLDER = "outside_folder"
    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED_PICTURE = "animated_picture"
    TRUNCATED_PICTURE = "truncated_picture"
    BROKEN_PICTURE = "broken_picture"
    SMALL_PICTURE = "small_picture"  # the only one whose item is kept
    NO_CAPTION = "no_caption"
    UNREADABLE_CAPTION = "unreadable_caption"
    UNREADABLE_ROW = "unreadable_row"
    # Of outputs that were made elsewhere.
    UNFIT_VALUE = "unfit_value"
    OTHER_SPELLING = "other_spelling"
    UNKNOWN_ARM = "unknown_arm"
    ANOTHER_PROMPT = "another_prompt"
    REPEATED = "repeated"
    NO_OUTPUT = "no_output"
    TWO_OUTPUTS = "two_outputs"
    NOT_SHOWN = "not_shown"
    # Of questions.
    NO_QUESTION = "no_question"
    NO_ANSWER = "no_answer"
    NO_SCOPE = "no_scope"
    # Of passages.
    NO_TEXT = "no_text"
    MORE_PICTURES = "more_pictures"


@dataclass(frozen=True, kw_only=True)
class Problem:
    reference: str  # how a person finds the item: a path, an id or a line number
    reason: Reason
    message: str
    is_kept: bool = False


class UnfitItem(Exception):
    """Raised while one item is looked at; becomes a `Problem` that names the item."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def about(self, reference: str) -> Problem:
        return Problem(reference=reference, reason=self.reason, message=str(self))


class UnreadableSource(ValueError):
    """The source as a whole cannot be imported. The message is one sentence with the values."""


def clean_text(text: str) -> str:
    """Text that Parquet and PostgreSQL can hold: no lone surrogates, no control characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        letter for letter in whole if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    ).strip()


def shown(text: object) -> str:
    """A value from a source, short and harmless enough to stand inside a sentence."""
    clean = clean_text(str(text)).replace("\n", " ").replace("\t", " ")
    return clean if len(clean) <= LONGEST_SHOWN else clean[: LONGEST_SHOWN - 1] + "…"
