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

from stats.vectors import spearman, twins

_FEWEST_PICTURES = 2
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


def measure(
    sentences_sd: _Numbers,
    pictures_pd: _Numbers,
    captions: Sequence[str],
    languages: Sequence[str],
) -> Consistency:
    """Of each sentence, which caption it says and in which language; at most one sentence for
    both. Vectors of length 1.
    """
    if len(pictures_pd) < _FEWEST_PICTURES:
        raise NothingToCompare(
            f"Rankings need at least {_FEWEST_PICTURES} pictures; there are {len(pictures_pd)}."
        )
    similarities_sp = sentences_sd @ pictures_pd.T
    ranks_sp = spearman.rank(similarities_sp[:, twins.find_first(pictures_pd)])
    places: dict[str, dict[str, int]] = {language: {} for language in sorted(set(languages))}
    for place, (caption, language) in enumerate(zip(captions, languages, strict=True)):
        if caption in places[language]:
            raise NothingToCompare(f"The caption '{caption}' is there twice in '{language}'.")
        places[language][caption] = place
    by_pair, num_captions, num_undefined = {}, {}, 0
    for pair in combinations(places, 2):
        one, other = (places[language] for language in pair)
        both = [caption for caption in one if caption in other]
        if not both:
            continue
        found = spearman.correlate(
            ranks_sp[[one[caption] for caption in both]],
            ranks_sp[[other[caption] for caption in both]],
        )
        num_undefined += int(np.isnan(found).sum())
        by_pair[pair] = float(np.nan_to_num(found).mean())
        num_captions[pair] = len(both)
    if not by_pair:
        raise NothingToCompare("No caption is there in two languages.")
    return Consistency(by_pair=by_pair, num_captions=num_captions, num_undefined=num_undefined)
