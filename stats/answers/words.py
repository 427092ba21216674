"""Words of many languages that an answer may hold: data, in words.json beside this module."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from stats.answers.normal_form import normalise

_FILE = Path(__file__).with_name("words.json")


@cache
def read() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By what they are for, and by language."""
    found: Mapping[str, Mapping[str, Sequence[str]]] = json.loads(_FILE.read_text("utf-8"))
    return found


@cache
def list_every(kind: str) -> tuple[str, ...]:
    """Of all languages, the longest first: a model need not answer in the question's."""
    found = {word for of_language in read()[kind].values() for word in of_language}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def list_refusals() -> tuple[str, ...]:
    return tuple(normalise(phrase) for phrase in list_every("refusals"))


def list_articles(language: str) -> Sequence[str]:
    """Of a BCP 47 tag; none where the language has none, or is unknown."""
    return read()["articles"].get(language.partition("-")[0].lower(), ())
