"""Clustering purity of translations: whether what means the same lies together, whatever the
language.

As many clusters as captions, by spherical k-means (Dhillon and Modha 2001) on vectors of length 1,
with nothing drawn by chance: the first centre is the sentence that is nearest to the mean of all,
each next one the sentence whose nearest centre so far is the farthest, and of equal ones the first.
Then sentences go to their nearest centre and centres to the middle of their sentences, until nobody
moves or 100 times; a centre that nobody goes to stays where it is. A sentence lies rightly when no
caption is more frequent in its cluster than its own; of captions that are equally frequent, the one
that comes first in the alphabet is the cluster's. Purity is the share of those that lie rightly.

Legend of shapes: s sentences, k centres, d numbers in a vector.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.vectors import blocks, twins
from stats.vectors.blocks import Look

_MOST_ROUNDS = 100
_SENTENCES_AT_ONCE = 1024
_Numbers = NDArray[np.float64]
_Codes = NDArray[np.intp]


class NothingToCluster(ValueError):
    """Fewer than two captions lie together whatever a model does."""


@dataclass(frozen=True, kw_only=True)
class Purity:
    """Shares between 0 and 1."""

    whole: float
    by_language: Mapping[str, float]
    num_sentences: Mapping[str, int]  # by language
    num_clusters: int


def measure(
    sentences_sd: _Numbers,
    captions: Sequence[str],
    languages: Sequence[str],
    look: Look = blocks.go_on,
) -> Purity:
    num_clusters = len(set(captions))
    if num_clusters < 2:  # noqa: PLR2004 - what can be told apart
        raise NothingToCluster(f"Clusters need at least 2 captions; there is {num_clusters}.")
    clusters_s = cluster(sentences_sd, num_clusters, look)
    right_s = _find_right(clusters_s, captions)
    of_language = {
        language: [place for place, each in enumerate(languages) if each == language]
        for language in sorted(set(languages))
    }
    return Purity(
        whole=float(right_s.mean()),
        by_language={name: float(right_s[places].mean()) for name, places in of_language.items()},
        num_sentences={name: len(places) for name, places in of_language.items()},
        num_clusters=num_clusters,
    )


def cluster(vectors_sd: _Numbers, num: int, look: Look = blocks.go_on) -> _Codes:  # [S]
    """Of each vector, the number of its cluster."""
    centres_kd = vectors_sd[_choose_first(vectors_sd, num, look)]
    clusters_s = np.full(len(vectors_sd), -1, dtype=np.intp)
    for _ in range(_MOST_ROUNDS):
        nearest_s = _find_nearest(vectors_sd, centres_kd, look)
        if (nearest_s == clusters_s).all():
            break
        clusters_s = nearest_s
        centres_kd = _move(vectors_sd, clusters_s, centres_kd)
    return clusters_s


def _find_nearest(vectors_sd: _Numbers, centres_kd: _Numbers, look: Look) -> _Codes:
    nearest_s, first_k = np.empty(len(vectors_sd), dtype=np.intp), twins.find_first(centres_kd)
    for block in blocks.cut(len(vectors_sd), _SENTENCES_AT_ONCE, look):
        nearest_s[block] = np.argmax((vectors_sd[block] @ centres_kd.T)[:, first_k], axis=1)
    return nearest_s


def _choose_first(vectors_sd: _Numbers, num: int, look: Look = blocks.go_on) -> list[int]:
    chosen = [int(np.argmax(vectors_sd @ vectors_sd.mean(axis=0)))]
    nearest_s = vectors_sd @ vectors_sd[chosen[0]]
    while len(chosen) < num:
        look()
        chosen.append(int(np.argmin(nearest_s)))
        nearest_s = np.maximum(nearest_s, vectors_sd @ vectors_sd[chosen[-1]])
    return chosen


def _move(vectors_sd: _Numbers, clusters_s: _Codes, centres_kd: _Numbers) -> _Numbers:
    sums_kd = np.zeros_like(centres_kd)
    np.add.at(sums_kd, clusters_s, vectors_sd)
    lengths_k = np.linalg.norm(sums_kd, axis=1, keepdims=True)
    return np.where(lengths_k > 0, sums_kd / np.where(lengths_k > 0, lengths_k, 1.0), centres_kd)


def _find_right(clusters_s: _Codes, captions: Sequence[str]) -> NDArray[np.bool_]:
    counts: dict[int, Counter[str]] = {}
    for number, caption in zip(clusters_s.tolist(), captions, strict=True):
        counts.setdefault(number, Counter())[caption] += 1
    most = {
        number: min(counted, key=lambda caption: (-counted[caption], caption))
        for number, counted in counts.items()
    }
    return np.array(
        [
            most[number] == caption
            for number, caption in zip(clusters_s.tolist(), captions, strict=True)
        ]
    )
