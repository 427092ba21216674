"""Names of countries and languages, as benchmarks write them, to codes: first as the region's file
has them, in all its languages, then by the English names of the Unicode CLDR and its other codes,
and by countries.json beside this module: how benchmarks spell what the CLDR calls otherwise, and
parts that stand for a country. What nobody knows stays as it is written: results are still told
apart by it.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path

from babel.core import Locale, get_global

from specs.region import Region

_SUBTAG = re.compile(r"[A-Za-z0-9]{1,8}")
_SPELLINGS = Path(__file__).with_name("countries.json")
_PRIVATE = "x"  # BCP 47: what follows is agreed upon by those who use it
# Codes of the CLDR that are unions of countries, parts of oceans, or for tests.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


class Names:
    def __init__(self, region: Region | None) -> None:
        self.region = region

    def read_country(self, text: str) -> str:
        """ISO 3166-1 alpha-2 where the name, or a code, is known."""
        name = _fold(text)
        return self._countries.get(name) or text.strip()

    def is_country(self, country: str) -> bool:
        """Whether `read_country` knew what it was given."""
        return country in self._countries.values()

    def read_language(self, text: str) -> str:
        """BCP 47 where it is known. A variety stays apart as a private subtag: 'xx_formal' is
        xx-x-formal.
        """
        name = text.strip()
        known = self._languages.get(_fold(name))
        if known or not name:
            return known or ""
        main, *rest = name.replace("_", "-").split("-")
        tag = self._find_tag(main)
        if tag is None or not all(map(_SUBTAG.fullmatch, rest)):
            return name
        return "-".join([tag, *self._name_variety(rest)])

    def is_regional(self, country: str) -> bool:
        return self.region is not None and self.region.find_country(country) is not None

    def _find_tag(self, code: str) -> str | None:
        if self.region is not None and (own := self.region.find_language(code)):
            return own.tag
        return code.lower() if code.lower() in _cldr().languages else None

    @staticmethod
    def _name_variety(rest: list[str]) -> list[str]:
        if not rest or _PRIVATE in rest:
            return rest
        if len(rest) == 1 and rest[0].upper() in _cldr().territories:
            return [rest[0].upper()]
        # Only in the spelling of BCP 47: dialects have the names of scripts.
        if len(rest) == 1 and rest[0] in _cldr().scripts:
            return rest
        return [_PRIVATE, *(part.lower() for part in rest)]

    @cached_property
    def _countries(self) -> dict[str, str]:
        known = {
            code: [code, name, *_read_spellings().get(code, ())]
            for code, name in _cldr().territories.items()
            if code.isalpha() and code not in _NO_COUNTRIES
        }
        own = self.region.countries if self.region else ()
        return (
            _index((codes[0], [other]) for other, codes in _list_other_codes(known))
            | _index(known.items())
            | _index((each.code, [each.code, *each.names.values()]) for each in own)
        )

    @cached_property
    def _languages(self) -> dict[str, str]:
        plain = {tag: name for tag, name in _cldr().languages.items() if "_" not in tag}
        found = _index((tag, [name]) for tag, name in plain.items())
        own = self.region.languages if self.region else ()
        return found | _index((each.tag, [*each.aliases, *each.names.values()]) for each in own)


def _cldr() -> Locale:
    return Locale("en")


@cache
def _read_spellings() -> dict[str, list[str]]:
    """By code."""
    spellings: dict[str, list[str]] = json.loads(_SPELLINGS.read_bytes())
    return spellings


def _list_other_codes(known: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Of three letters, and older ones. A code of several countries means none of them."""
    for other, codes in get_global("territory_aliases").items():
        if other.isalpha() and len(codes) == 1 and codes[0] in known:
            yield other, codes


def _index(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """By every name; brackets of the CLDR hold other names: 'Myanmar (Burma)' is three."""
    found: dict[str, str] = {}
    for code, names in named:
        for name in names:
            for part in (name, *re.split(r"[()]", name)):
                if folded := _fold(part):
                    found.setdefault(folded, code)
    return found


def _fold(text: str) -> str:
    for other, usual in (("_", " "), ("&", " and "), ("\N{RIGHT SINGLE QUOTATION MARK}", "'")):
        text = text.replace(other, usual)
    return " ".join(text.casefold().split()).removeprefix("the ")
