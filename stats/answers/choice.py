"""Which option an answer names: strictly, so that a long text is not searched for something right.

An option is named by
- its exact words as the whole answer (in normal form; see normal_form);
- its letter as the whole answer: B, b, (b), [B], B., B), B:
- its letter at the beginning of a line with a mark behind it (B. B) B: B -), or with its own words;
- its letter in brackets: (B);
- its letter behind a word such as 'answer' or 'option' in any language of words.json, perhaps with
  a word such as 'is' between: 'Answer: B', 'The answer is (b)'. A small letter needs a bracket, a
  mark, or the end of the line behind it.

The answer is unparsable when that names nothing, or two options; when another of the question's
letters stands alone as a capital (but for the words 'A' and 'I' before a small letter); when the
letter is none of the question's; and when the words behind the letter, or those that it begins, are
another option's ('Answer: A dish of rice'). Emphasis and quotation marks count for nothing.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from stats.answers import words
from stats.answers.normal_form import LATIN, normalise
from stats.answers.reply import UNPARSABLE, Reply, read_no_answer

LETTERS = string.ascii_uppercase

_BEGINS, _ENDS = f"(?<![{LATIN}'])", f"(?![{LATIN}'])"
# A word of another script ends where a Latin letter begins.
_WORD_ENDS = f"(?:(?<=[{LATIN}]){_ENDS}|(?<![{LATIN}]))"
_WHOLE = re.compile(r"[(\[]?([A-Za-z])[)\]]?[.,:]?")
_MARKED = re.compile(r"^[ \t]*([A-Za-z])(?:[).:]|[ \t]+[-\u2013\u2014])(?=\s|$)", re.MULTILINE)
_BRACKETED = re.compile(rf"{_BEGINS}[(\[]([A-Za-z])[)\]]")
_BEFORE_WORDS = re.compile(r"^[ \t]*([A-Z])[ \t]+(?=\S)", re.MULTILINE)
_ALONE = re.compile(rf"{_BEGINS}([A-Z]){_ENDS}")
_IS_WORD = re.compile(r"[AI]\s+[a-z]")  # of prose: 'A dish of rice', 'I think'
_EMPHASIS = str.maketrans("", "", '*_`"\u201c\u201d\u00ab\u00bb')


@dataclass(frozen=True)
class _Named:
    letter: str
    start: int
    end: int


def read(text: str, options: Sequence[str]) -> Reply:
    plain = unicodedata.normalize("NFKC", text).translate(_EMPHASIS).strip()
    forms = [normalise(option) for option in options]
    whole = _WHOLE.fullmatch(plain)
    by_words = [place for place, form in enumerate(forms) if form == normalise(plain)]
    by_letter = [LETTERS.index(whole[1].upper())] if whole else []
    places = {*by_letter, *by_words} if normalise(plain) else set()
    if len(places) == 1 and max(places) < len(options):
        return Reply("answered", option=places.pop())
    if places:
        return UNPARSABLE
    return _search(plain, forms)


def _search(text: str, forms: Sequence[str]) -> Reply:
    named = list(_list_named(text, forms))
    if not named:
        return read_no_answer(text)
    letters = {each.letter for each in named}
    own = LETTERS[: len(forms)]
    if len(letters) > 1 or not letters <= set(own):
        return UNPARSABLE
    place = own.index(named[0].letter)
    told = [_read_line(text, at) for each in named for at in (each.start, each.end)]
    if any(words in forms and words != forms[place] for words in told):
        return UNPARSABLE
    rest = _blank_out(text, named, forms[place])
    others = {
        found[1] for found in _ALONE.finditer(rest) if not _IS_WORD.match(rest, found.start())
    }
    return UNPARSABLE if others & set(own) - letters else Reply("answered", option=place)


def _list_named(text: str, forms: Sequence[str]) -> Iterator[_Named]:
    for pattern in (_MARKED, _BRACKETED, *_make_cued()):
        for found in pattern.finditer(text):
            group = found.lastindex or 1
            yield _Named(found[group].upper(), found.start(group), found.end())
    for found in _BEFORE_WORDS.finditer(text):
        named = _Named(found[1], found.start(1), found.end(1))
        place = LETTERS.index(named.letter)
        if place < len(forms) and _read_line(text, named.end) == forms[place]:
            yield named


@cache
def _make_cued() -> tuple[re.Pattern[str], ...]:
    """A cue and perhaps a link, whatever their case; then the letter, whose case counts."""
    cues, links = ("|".join(map(re.escape, words.list_every(kind))) for kind in ("cues", "links"))
    before = rf"(?i:{_BEGINS}(?:{cues}){_WORD_ENDS}\s*:?\s*(?:(?:{links}){_WORD_ENDS}\s*:?\s*)?)"
    large = rf"{before}[(\[]?([A-Z]){_ENDS}[)\]]?"
    small = rf"{before}[(\[]?([a-z])(?:[)\].:,]|[ \t]*$)"
    return tuple(re.compile(pattern, re.MULTILINE) for pattern in (large, small))


def _read_line(text: str, start: int) -> str:
    """Up to the end of the line, in normal form."""
    return normalise(text[start:].partition("\n")[0])


def _blank_out(text: str, named: Sequence[_Named], form: str) -> str:
    """Without what names the option: its letters, and its own words behind them."""
    kept = list(text)
    for each in named:
        line_end = text.find("\n", each.end)
        own_words = _read_line(text, each.end) == form
        stop = (line_end if line_end >= 0 else len(text)) if own_words else each.end
        kept[each.start : stop] = " " * (stop - each.start)
    return "".join(kept)
