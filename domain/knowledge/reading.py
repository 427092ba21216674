"""From what people say of a passage to a passage, or what is wrong with a field of it."""

import re
import unicodedata
from collections.abc import Mapping

from domain.errors import Invalid
from domain.knowledge import errors
from specs import knowledge as written
from specs.knowledge import STATED, PassageLine

_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")


def read(values: Mapping[str, str], *, picture: str = "") -> PassageLine:
    """What is not said is empty. Raises the sentence that says what is wrong, and the field."""
    tidy = {name: _read_field(name, values) for name in STATED}
    return PassageLine(picture=picture, **tidy)


def list_faults(values: Mapping[str, str]) -> list[Invalid]:
    """Everything that is wrong, a field each."""
    found: list[Invalid] = []
    for name in STATED:
        try:
            _read_field(name, values)
        except Invalid as error:
            found.append(error)
    return found


def _read_field(name: str, values: Mapping[str, str]) -> str:
    tidy = _tidy(name, values.get(name, ""))
    if name == "text" and not tidy:
        raise errors.PassageEmpty
    return tidy


def read_region(value: str) -> str:
    return _tidy("region", value)


def _tidy(name: str, value: str) -> str:
    tidy = _clean(value) if name == "text" else value.strip()
    longest = written.longest(name)
    if len(tidy) > longest:
        raise errors.ValueTooLong(name, len(tidy), longest)
    if name != "text" and not tidy.isprintable():
        raise errors.ValueNotOneLine(name)
    if name == "country":
        tidy = tidy.upper()
        if tidy and not _COUNTRY_CODE.fullmatch(tidy):
            raise errors.CountryUnknown(tidy)
    if name == "language" and tidy and not _LANGUAGE_TAG.fullmatch(tidy):
        raise errors.LanguageUnknown(tidy)
    return tidy


def _clean(text: str) -> str:
    """Line ends of one kind, whatever the browser; nothing that steers a terminal."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    ).strip()
