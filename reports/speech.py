"""Sentences and numbers in the language of a page or a printed report."""

import datetime as dt
from collections.abc import Mapping

from babel.core import Locale
from babel.dates import format_datetime
from babel.numbers import get_decimal_symbol, get_group_symbol

from reports.language import load_catalogue

_MINUS = "\u2212"
_DASH = "\u2013"
_KEEP = "\u00a0"  # the line does not break here


class Speech:
    """Called with an English text, which is also the key of its translation."""

    def __init__(self, code: str = "en") -> None:
        self.catalogue = load_catalogue(code)
        self._marks = str.maketrans(
            {".": get_decimal_symbol(code), ",": get_group_symbol(code), "-": _MINUS}
        )

    @property
    def code(self) -> str:
        return self.catalogue.language.code

    def __call__(self, text: str, /, **values: object) -> str:
        """A text holds `%(name)s` for a value and `%%` for the sign."""
        return self.catalogue.gettext(text) % values if text else ""

    def term(self, text: str) -> str:
        """A text that is handed on: a measure's name, a reason that statistics give. It holds no
        values, and stays as it is where the catalogues do not know it.
        """
        return self.catalogue.gettext(text)

    def count(self, singular: str, plural: str, num: int, /, **values: object) -> str:
        text = self.catalogue.ngettext(singular, plural, num)
        return text % {"num": self.whole(num), **values}

    def whole(self, value: float) -> str:
        return f"{value:,.0f}".translate(self._marks)

    def number(self, value: float | None, digits: int = 3) -> str:
        # Adding 0 takes the sign from what rounds to nothing.
        return (
            _DASH
            if value is None
            else f"{round(value, digits) + 0.0:,.{digits}f}".translate(self._marks)
        )

    def given(self, value: float | None) -> str:
        """A number that somebody chose, as they wrote it."""
        return _DASH if value is None else f"{value:g}".translate(self._marks)

    def signed(self, value: float | None, digits: int = 3) -> str:
        plus = "+" if value is not None and round(value, digits) > 0 else ""
        return plus + self.number(value, digits)

    def percent(self, share: float | None, digits: int = 0) -> str:
        return _DASH if share is None else f"{self.number(share * 100, digits)}{_KEEP}%"

    def moment(self, text: str | None, otherwise: str = "") -> str:
        """A time on record, to the minute and in UTC: a printed page has no reader's clock."""
        if not text:
            return otherwise
        when = dt.datetime.fromisoformat(text)
        when = when.astimezone(dt.UTC) if when.tzinfo else when
        return f"{format_datetime(when, 'd MMMM y, HH:mm', locale=self.code)} UTC"

    def pick(self, texts: Mapping[str, str], otherwise: str = "") -> str:
        """Study content in this language, else in English, else as it is."""
        found = texts.get(self.code) or texts.get("en") or next(iter(texts.values()), "")
        return found or otherwise

    def country(self, code: str) -> str:
        return str(Locale.parse(self.code).territories.get(code, code))

    def language(self, tag: str) -> str:
        return str(Locale.parse(self.code).languages.get(tag.replace("-", "_"), tag))

    @property
    def number_locale(self) -> dict[str, object]:
        """The same marks for the axes of charts, as d3 wants them."""
        marks = {"decimal": get_decimal_symbol(self.code), "thousands": get_group_symbol(self.code)}
        return {**marks, "grouping": [3], "currency": ["", ""], "minus": _MINUS}
