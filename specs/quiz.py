"""A question about a picture as it is written down: the same for what is imported, what models
answer and what is scored.
"""

import hashlib
import json
import re
import string
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Scope = Literal["global", "regional"]

SCOPES: tuple[str, ...] = get_args(Scope)
LETTERS = string.ascii_uppercase
MOST_OPTIONS = len(LETTERS)
LONGEST_TEXT = 8000
LONGEST_CONTEXT = 32_000

_DIGEST = re.compile(r"[0-9a-f]{64}")


def _check_line(text: str) -> str:
    if text and not text.isprintable():
        raise ValueError("It must be one line of printable characters.")
    return text


def _check_said(text: str) -> str:
    if not text.strip():
        raise ValueError("It must not be blank.")
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_check_line)]
Said = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_check_said)]
Passage = Annotated[str, Field(max_length=LONGEST_CONTEXT), AfterValidator(_check_said)]


def _find_right(options: Any, answer: Any) -> tuple[Any, ...]:
    """The right option, if both are what they should be; that is checked later."""
    if not isinstance(options, Sequence) or not isinstance(answer, int) or answer < 0:
        return ()
    return tuple(options[answer : answer + 1])


class QuizItem(BaseModel):
    """Multiple choice with the place of the right option, or open-ended with accepted answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[Line, Field(min_length=1)]
    question: Said
    options: tuple[Said, ...] = Field(default=(), max_length=MOST_OPTIONS)
    answer: int | None = Field(default=None, strict=True, ge=0)
    answers: tuple[Said, ...] = ()
    picture: Line = ""
    sha256: str = ""
    scope: Scope = "global"
    region: Line = ""
    country: Line = ""
    language: Line = ""
    category: Line = ""
    stratum: Line = ""
    split: Line = ""
    group: Line = ""
    source: Line = ""
    licence: Line = ""
    context: tuple[Passage, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: Any) -> Any:
        """What follows from the rest: a group of its own, and the right option's words."""
        if not isinstance(given, dict):
            return given
        facts = dict(given)
        if not facts.get("group"):
            facts["group"] = facts.get("key", "")
        if not facts.get("answers"):
            facts["answers"] = _find_right(facts.get("options"), facts.get("answer"))
        return facts

    @model_validator(mode="after")
    def _check_answers(self) -> Self:
        if not self.options:
            if self.answer is not None:
                raise ValueError("It has an answer's place, but no options.")
            if not self.answers:
                raise ValueError("It has neither options nor accepted answers.")
            return self
        if len(self.options) < 2:  # noqa: PLR2004 - a choice
            raise ValueError("It has one option; a choice is between at least two.")
        if self.answer is None:
            raise ValueError("It has options, but does not say which is right.")
        if self.answer >= len(self.options):
            raise ValueError(
                f"Its answer is number {self.answer}, counted from 0, of {len(self.options)} "
                "options."
            )
        if self.answers != (self.options[self.answer],):
            raise ValueError("Its accepted answer is not the right option's text.")
        return self

    @model_validator(mode="after")
    def _check_picture(self) -> Self:
        if bool(self.picture) != bool(self.sha256):
            raise ValueError("A picture has a sha256, and no picture has none.")
        if self.sha256 and not _DIGEST.fullmatch(self.sha256):
            raise ValueError(f"'{self.sha256}' is no SHA-256.")
        return self

    @property
    def is_choice(self) -> bool:
        return bool(self.options)

    @property
    def letters(self) -> str:
        """Of the options, in order."""
        return LETTERS[: len(self.options)]

    def to_json(self) -> dict[str, Any]:
        """Always the same, without what is empty."""
        facts = self.model_dump(mode="json")
        return {name: value for name, value in facts.items() if value not in ("", [], None)}

    def to_line(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False)


def digest(items: Iterable[QuizItem]) -> str:
    """Of the rows in their order; pictures are in it by their own digests."""
    whole = hashlib.sha256()
    for item in items:
        whole.update(f"{item.to_line()}\n".encode())
    return whole.hexdigest()
