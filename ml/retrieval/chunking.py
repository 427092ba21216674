"""Cuts a text into chunks that overlap, at the ends of sentences where they can be seen.

A chunk ends at the last end of a sentence that it has room for; of a sentence that is too long, at
the end of a clause; else of a word; else of a letter as people see it, never within one. Chunks say
where they lie: `text[start:end]` is the chunk, and all of them together leave out only blanks.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import regex

from ml import scripts

Span = tuple[int, int]

_CLOSERS = r"""[\p{Pe}\p{Pf}"']*"""
# Ends that need no blank after them are those of Unicode's Sentence_Terminal, such as the Khmer
# khan, the Burmese section sign, the danda and the ideographic full stop. A full stop needs a blank
# and no small letter behind it, and ends nothing after an initial. In two scripts that have no sign
# for it, a blank between two letters ends a sentence, or a part of one that can stand alone.
_SENTENCE = regex.compile(
    rf"""\s*\n\s*
    | [\p{{Sentence_Terminal}}--[.!?]]+ {_CLOSERS} \s*
    | (?<! \b\p{{Lu}} ) [.!?…]+ {_CLOSERS} (?: \s+ (?!\p{{Ll}}) | \Z )
    | (?<= [\p{{Thai}}\p{{Lao}}] ) [^\S\n]+ (?= [\p{{Thai}}\p{{Lao}}] )""",
    regex.VERSION1 | regex.VERBOSE,
)
# The commas, semicolons and colons of scripts that put no blank behind them; dashes between blanks.
_CLAUSE = regex.compile(
    rf"""[,;:…] {_CLOSERS} \s+
    | [\u3001\uff0c\uff1a\uff1b\u060c\u061b\u104a\u17d6] {_CLOSERS} \s*
    | \s \p{{Dash}} \s+
    | (?<= [\p{{Line_Break=SA}}] ) \s+""",
    regex.VERSION1 | regex.VERBOSE,
)
_BLANK = regex.compile(r"\s+")


@dataclass(frozen=True)
class Edges:
    """Where a text may be cut, before the blanks that stand there: by sentence, clause, word,
    letter of a script without spaces, and any letter; ascending each.
    """

    levels: tuple[list[int], ...]

    def find_last(self, after: int, until: int) -> int | None:
        """The last of the best kind within (after, until]."""
        for level in self.levels:
            at = bisect_right(level, until) - 1
            if at >= 0 and level[at] > after:
                return level[at]
        return None

    def find_first(self, start: int, before: int) -> int:
        """The first of the best kind within [start, before), where no word is cut; else the end."""
        for level in self.levels[:-1]:
            at = bisect_left(level, start)
            if at < len(level) and level[at] < before:
                return level[at]
        return before

    def find_next_letter(self, after: int) -> int:
        letters = self.levels[-1]
        return letters[bisect_right(letters, after)]


def split(text: str, *, size: int, overlap: int) -> list[Span]:
    """Chunks of at most `size` characters, each with up to `overlap` of the one before. Only a
    single letter of more than `size` code points makes a longer one.
    """
    edges = _find_edges(text)
    whole = len(text.rstrip())
    start = seen = _skip_blanks(text, 0)
    chunks: list[Span] = []
    while seen < whole:
        end = edges.find_last(seen, start + size)
        if end is None:  # nothing new fits behind the overlap
            start = seen
            end = edges.find_last(seen, start + size) or edges.find_next_letter(seen)
        chunks.append((start, end))
        # Not more than half a chunk, or short ones would be said twice.
        earliest = max(end - overlap, (start + end) // 2, start + 1)
        start = _skip_blanks(text, edges.find_first(earliest, end))
        seen = _skip_blanks(text, end)
    return chunks


def split_sentences(text: str) -> list[str]:
    return _split_at(text, _SENTENCE)


def split_clauses(text: str) -> list[str]:
    """Together they are the text again, but for blanks at its ends."""
    return _split_at(text, _CLAUSE)


def _split_at(text: str, pattern: "regex.Pattern[str]") -> list[str]:
    ends = [*(match.end() for match in pattern.finditer(text)), len(text)]
    parts = (text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False))
    return [part for part in parts if part]


def _find_edges(text: str) -> Edges:
    letters = scripts.find_letter_ends(text)
    allowed = set(letters)

    def find(pattern: "regex.Pattern[str]") -> list[int]:
        ends = {_step_over_blanks(text, match.end()) for match in pattern.finditer(text)}
        return sorted(ends & allowed)

    unspaced = [end for end in letters if scripts.is_unspaced(text[end - 1])]
    whole = [len(text.rstrip())] if text.strip() else []
    sentences = sorted({*find(_SENTENCE), *whole})
    return Edges((sentences, find(_CLAUSE), find(_BLANK), unspaced, letters))


def _step_over_blanks(text: str, end: int) -> int:
    """Backwards."""
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
