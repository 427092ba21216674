"""Finds a region's terms in captions, in any script.

Where words stand apart, whole words are compared: 'bakso' is not found in 'baksos'. Where a script
puts no spaces between words, a term is found anywhere, but never in the middle of a syllable. Case,
compatibility forms and hyphens make no difference.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from specs.region import Region

# First and last code points of scripts that put no spaces between words: those of Unicode's
# line-breaking class SA, ideographs and kana. Sorted.
_UNSPACED = (
    (0x0E00, 0x0E7F), (0x0E80, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF),
    (0x19E0, 0x19FF), (0x1A20, 0x1AAF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3040, 0x30FF),
    (0x3100, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF), (0x11700, 0x1174F), (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)  # fmt: skip
_FIRSTS = [first for first, _ in _UNSPACED]
# Invisible signs that put the next consonant below the one before: no syllable ends there.
_STACKERS = frozenset({0x1039, 0x17D2, 0x1A60})
_ZERO_WIDTH = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD))

Words = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Find:
    term: str  # as the region's file spells it
    stratum: str  # "" for names of places themselves
    countries: tuple[str, ...]


class Gazetteer:
    def __init__(self, entries: Iterable[Find]) -> None:
        self._by_word: dict[str, dict[Words, Find]] = {}
        self._unspaced: dict[str, dict[str, Find]] = {}  # by their first letter
        self._longest = 1
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Find) -> None:
        text = normalise(entry.term)
        if any(map(is_unspaced, text)):
            self._unspaced.setdefault(text[0], {}).setdefault(text, entry)
            return
        words = split_words(text)
        if words:
            self._by_word.setdefault(words[0], {}).setdefault(words, entry)
            self._longest = max(self._longest, len(words))

    def search(self, caption: str) -> list[Find]:
        """In the order of the caption; of terms that begin at one place, the longest."""
        text = normalise(caption)
        found = dict.fromkeys(self._search_words(split_words(text)))
        if self._unspaced:
            found |= dict.fromkeys(self._search_unspaced(text))
        return list(found)

    def _search_words(self, words: Words) -> Iterator[Find]:
        at = 0
        while at < len(words):
            terms = self._by_word.get(words[at], {})
            length = next(
                (n for n in range(self._longest, 0, -1) if words[at : at + n] in terms), 0
            ) if terms else 0  # fmt: skip
            if length:
                yield terms[words[at : at + length]]
            at += length or 1

    def _search_unspaced(self, text: str) -> Iterator[Find]:
        at = 0
        while at < len(text):
            terms = self._unspaced.get(text[at], {})
            fitting = [
                term for term in terms
                if text.startswith(term, at) and is_apart(text, at, at + len(term))
            ]  # fmt: skip
            if fitting:
                longest = max(fitting, key=len)
                yield terms[longest]
                at += len(longest)
            else:
                at += 1


def normalise(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_ZERO_WIDTH).strip()


def is_unspaced(letter: str) -> bool:
    point = ord(letter)
    index = bisect_right(_FIRSTS, point) - 1
    return index >= 0 and point <= _UNSPACED[index][1]


def is_apart(text: str, start: int, end: int) -> bool:
    """Whether a syllable can begin at `start` and end at `end`."""
    if end < len(text) and unicodedata.category(text[end]).startswith("M"):
        return False
    return start == 0 or ord(text[start - 1]) not in _STACKERS


def split_words(text: str) -> Words:
    """Runs of letters, marks and digits of scripts with spaces; whatever else stands between."""
    words: list[str] = []
    run: list[str] = []
    for letter in text:
        if letter.isascii():
            is_part = letter.isalnum()
        else:
            is_part = unicodedata.category(letter)[0] in "LMN" and not is_unspaced(letter)
        if is_part:
            run.append(letter)
        elif run:
            words.append("".join(run))
            run = []
    if run:
        words.append("".join(run))
    return tuple(words)


def collect_entries(
    region: Region, *, countries: Sequence[str] = (), strata: Sequence[str] = ()
) -> Iterator[Find]:
    """The gazetteer's terms with all spellings; names of the region and its countries as well,
    unless strata are named, to which they do not belong.
    """
    counted = set(countries) or {country.code for country in region.countries}
    for group in region.gazetteer:
        where = tuple(code for code in group.countries if code in counted)
        if not where or (strata and group.stratum not in strata):
            continue
        for spellings in group.terms:
            for spelling in spellings:
                yield Find(term=spelling, stratum=group.stratum, countries=where)
    if strata:
        return
    for country in region.countries:
        if country.code in counted:
            yield from _name(country.names, (country.code,))
    if not countries:
        yield from _name(region.names, ())


def _name(names: Mapping[str, str], countries: tuple[str, ...]) -> Iterator[Find]:
    return (Find(term=name, stratum="", countries=countries) for name in names.values())
