"""What writing does, whatever the language: where words stand apart, and where letters end.

Some scripts put no spaces between words. There words cannot be told by their edges, only letters:
a consonant with all that is written above, below and around it.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

import regex

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
_CLUSTER = regex.compile(r"\X")


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


def split_words(text: str) -> tuple[str, ...]:
    """Runs of letters, marks and digits of scripts with spaces; whatever else stands between."""
    return tuple(run for run, unspaced in split_runs(text) if not unspaced)


def split_runs(text: str) -> Iterator[tuple[str, bool]]:
    """Words of scripts with spaces, and between them what stands together in scripts without;
    the second says which it is. Signs and blanks belong to neither.
    """
    start, kind = 0, ""
    for at, letter in enumerate(text):
        found = _find_kind(letter)
        if found != kind:
            if kind:
                yield text[start:at], kind == "unspaced"
            start, kind = at, found
    if kind:
        yield text[start:], kind == "unspaced"


def _find_kind(letter: str) -> str:
    if letter.isascii():
        return "spaced" if letter.isalnum() else ""
    if unicodedata.category(letter)[0] not in "LMN":
        return ""
    return "unspaced" if is_unspaced(letter) else "spaced"


def find_letter_ends(text: str) -> list[int]:
    """Where a letter ends as people see it, so that text may be cut: ends of grapheme clusters
    (UAX 29), but for those before a mark and behind a sign that stacks, which Unicode allows.
    """
    ends = (match.end() for match in _CLUSTER.finditer(text))
    return [end for end in ends if is_apart(text, end, end)]


def split_letters(text: str) -> list[str]:
    ends = find_letter_ends(text)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
