"""Finds a region's terms in captions, in any script.

Where words stand apart, whole words are compared: 'bakso' is not found in 'baksos'. Where a script
puts no spaces between words, a term is found anywhere, but never in the middle of a syllable. Case,
compatibility forms and hyphens make no difference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ml.scripts import is_apart, is_unspaced, normalise, split_words
from specs.region import Region

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
