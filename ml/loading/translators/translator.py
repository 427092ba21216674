"""What a translator is, and what makes its answer none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ml.datasets.problems import shown

_SLACK = 24  # characters: a word may become a phrase, whatever its share of the text


@dataclass(frozen=True)
class Translated:
    """A text, or a code with a sentence that says why there is none."""

    text: str
    problem: str = ""
    detail: str = ""


class Translator(Protocol):
    def translate(self, texts: Sequence[str]) -> list[Translated]:
        """One answer for each, in order; each text is translated by itself."""

    def describe(self) -> dict[str, Any]: ...


def too_long(num_tokens: int, longest: int) -> Translated:
    return Translated(
        "", "too_long", f"The caption has {num_tokens:,} tokens; the model takes {longest:,}."
    )


def check(source: str, text: str, *, finished: bool, max_tokens: int, growth: float) -> Translated:
    """Of what any model wrote. A text that was cut, or that is far longer or shorter than what it
    translates, is refused: models repeat themselves, or leave half of it out.
    """
    text = text.strip()
    if not finished:
        detail = f"The translation was not finished after {max_tokens:,} tokens."
        return Translated("", "not_finished", detail)
    if not text:
        return Translated("", "not_translated", "The translation model gave an empty text.")
    shorter, longer = sorted((len(source), len(text)))
    if longer > shorter * growth + _SLACK:
        return Translated(
            "",
            "wrong_length",
            f"The translation '{shown(text)}' has {len(text):,} characters where the caption has "
            f"{len(source):,}; at most {growth:g} times as many, or as few, are believed.",
        )
    return Translated(text)
