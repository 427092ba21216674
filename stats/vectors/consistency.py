"""Cross-lingual consistency: whether translations of one caption rank the same pictures alike.

Each sentence ranks all pictures by similarity. For two languages, of every caption that is there in
both, Spearman's correlation of the two rankings; the mean over captions. The whole is the mean over
pairs of languages, a language's own the mean over the pairs that it is in. A ranking that holds all
pictures equal correlates with nothing: it counts as 0, and is counted.

Legend of shapes: s sentences, p pictures, d numbers in a vector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stats.vectors import blocks, spearman, twins
from stats.vectors.blocks import Look

_FEWEST_PICTURES = 2
_SENTENCES_AT_ONCE = 512
_Numbers = NDArray[np.float64]


class NothingToCompare(ValueError):
    """No caption in two languages, or no two pictures to be ranked."""


@dataclass(frozen=True, kw_only=True)
class Consistency:
    by_pair: Mapping[tuple[str, str], float]
    num_captions: Mapping[tuple[str, str], int]
    num_undefined: int

    @property
    def whole(self) -> float:
        return float(np.mean(list(self.by_pair.values())))

    @property
    def by_language(self) -> Mapping[str, float]:
        languages = sorted({language for pair in self.by_pair for language in pair})
        return {
            language: float(
                np.mean([value for pair, value in self.by_pair.items() if language in pair])
            )
            for language in languages
        }

    def count(self, language: str = "") -> int:
        """Captions that were compared, each once for each pair of languages."""
        return sum(
            num for pair, num in self.num_captions.items() if not language or language in pair
        )


class _Pair:
    """Two languages, each with the rows of its captions' sentences."""

    def __init__(self, one: Mapping[str, int], other: Mapping[str, int]) -> None:
        self._one, self._other = one, other
        self._rows: list[int] = []  # of the one language, as they came
        self._found: list[_Numbers] = []
        self.num_captions = len(one.keys() & other.keys())

    def add(self, captions: Sequence[str], ranks_sp: _Numbers, places: Mapping[int, int]) -> None:
        """`places`: where the ranks of a row stand."""
        both = [caption for caption in captions if caption in self._one and caption in self._other]
        if both:
            rows, others = ([each[said] for said in both] for each in (self._one, self._other))
            ours_np, theirs_np = (
                ranks_sp[[places[row] for row in each]] for each in (rows, others)
            )
            self._rows += rows
            self._found.append(spearman.correlate(ours_np, theirs_np))

    def list_values(self) -> _Numbers:
        """In the order of the rows, on which the last digit of their mean hangs."""
        return np.concatenate(self._found)[np.argsort(self._rows)]


def measure(
    sentences_sd: _Numbers,
    pictures_pd: _Numbers,
    captions: Sequence[str],
    languages: Sequence[str],
    look: Look = blocks.go_on,
) -> Consistency:
    """Of each sentence, which caption it says and in which language; at most one sentence for
    both. Vectors of length 1. All sentences of some captions are ranked at a time.
    """
    if len(pictures_pd) < _FEWEST_PICTURES:
        raise NothingToCompare(
            f"Rankings need at least {_FEWEST_PICTURES} pictures; there are {len(pictures_pd)}."
        )
    rows_of = _find_rows(captions, languages)
    every = {two: _Pair(rows_of[two[0]], rows_of[two[1]]) for two in combinations(rows_of, 2)}
    pairs = {two: pair for two, pair in every.items() if pair.num_captions}
    if not pairs:
        raise NothingToCompare("No caption is there in two languages.")
    once, first_p = list(dict.fromkeys(captions)), twins.find_first(pictures_pd)
    for block in blocks.cut(len(once), max(1, _SENTENCES_AT_ONCE // len(rows_of)), look):
        said = once[block]
        rows = [of[caption] for of in rows_of.values() for caption in said if caption in of]
        ranks_sp = spearman.rank((sentences_sd[rows] @ pictures_pd.T)[:, first_p])
        places = {row: place for place, row in enumerate(rows)}
        for pair in pairs.values():
            pair.add(said, ranks_sp, places)
    values = {two: pair.list_values() for two, pair in pairs.items()}
    return Consistency(
        by_pair={two: float(np.nan_to_num(each).mean()) for two, each in values.items()},
        num_captions={two: pair.num_captions for two, pair in pairs.items()},
        num_undefined=sum(int(np.isnan(each).sum()) for each in values.values()),
    )


def _find_rows(captions: Sequence[str], languages: Sequence[str]) -> dict[str, dict[str, int]]:
    """By language and caption."""
    rows_of: dict[str, dict[str, int]] = {language: {} for language in sorted(set(languages))}
    for row, (caption, language) in enumerate(zip(captions, languages, strict=True)):
        if caption in rows_of[language]:
            raise NothingToCompare(f"The caption '{caption}' is there twice in '{language}'.")
        rows_of[language][caption] = row
    return rows_of
