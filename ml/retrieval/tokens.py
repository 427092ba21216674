"""What of a text is compared word by word: words, and pieces where words do not stand apart.

Text is taken as NFKC in small letters; nothing is left out as too frequent, for BM25 weighs that
itself. A stretch of a script without spaces becomes every 2, 3 and 4 letters in a row; one of a
single letter stays as it is.
"""

from collections.abc import Iterator

from ml import scripts

GRAMS = (2, 3, 4)


def tokenize(text: str) -> list[str]:
    found: list[str] = []
    for run, is_unspaced in scripts.split_runs(scripts.normalise(text)):
        found += _cut(run) if is_unspaced else (run,)
    return found


def _cut(run: str) -> Iterator[str]:
    letters = scripts.split_letters(run)
    if len(letters) < min(GRAMS):
        yield run
    for length in GRAMS:
        for start in range(len(letters) - length + 1):
            yield "".join(letters[start : start + length])


def describe() -> dict[str, object]:
    return {"normalised": "NFKC, casefold", "words": "whole", "grams": list(GRAMS)}
