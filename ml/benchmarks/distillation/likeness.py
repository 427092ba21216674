"""What the vectors of a test set show besides finding: how far translations agree, and how alike
the vectors of two models lie.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ml.benchmarks.distillation.values import Value
from ml.benchmarks.embeddings.methods.retrieval import Retrieving
from ml.benchmarks.embeddings.pools import Pair
from ml.benchmarks.embeddings.vectors import Found
from stats import labels
from stats.distillation.measures import CKA, PICTURES_ALIKE, TEXTS_ALIKE
from stats.vectors import consistency, kernel_alignment, purity
from stats.vectors.blocks import Look
from stats.vectors.consistency import Consistency
from stats.vectors.kernel_alignment import FEWEST
from stats.vectors.purity import Purity


@dataclass(frozen=True)
class Sentences:
    """Each text of each language once; those of one picture are translations of one caption."""

    pairs: Sequence[Pair]

    @property
    def languages(self) -> list[str]:
        return [pair.language for pair in self.pairs]


def list_first(asked: Retrieving) -> Sentences:
    """Of each picture the first text in each language."""
    found: dict[tuple[str, str], Pair] = {}
    for pair in asked.pairs:
        found.setdefault((pair.picture, pair.language), pair)
    return Sentences(list(found.values()))


def list_named(asked: Retrieving) -> Sentences:
    """What does not say its language may be in the same one as another."""
    return Sentences([pair for pair in list_first(asked).pairs if pair.language])


def has_translations(asked: Retrieving) -> bool:
    counts = Counter(pair.picture for pair in list_named(asked).pairs)
    return any(num > 1 for num in counts.values())


def measure_consistency(asked: Retrieving, found: Found, look: Look) -> Consistency:
    said = list_named(asked)
    return consistency.measure(
        found.find_phrases([pair.phrase for pair in said.pairs]).astype("float64"),
        found.find_pictures(asked.pictures).astype("float64"),
        [pair.picture for pair in said.pairs],
        said.languages,
        look,
    )


def measure_purity(asked: Retrieving, found: Found, look: Look) -> Purity:
    """Pictures that share a sentence, also by way of others, share a caption: no model could tell
    their sentences apart.
    """
    said = list_first(asked)
    words = [f"{pair.language} {' '.join(pair.phrase)}" for pair in said.pairs]
    captions = labels.connect([pair.picture for pair in said.pairs], words)
    once = {word: place for place, word in reversed(list(enumerate(words)))}
    places = sorted(once.values())
    return purity.measure(
        found.find_phrases([said.pairs[place].phrase for place in places]).astype("float64"),
        [f"{captions[place]:08d}" for place in places],
        [said.pairs[place].language for place in places],
        look,
    )


def compare(asked: Retrieving, student: Found, teacher: Found, look: Look) -> Iterator[Value]:
    """Of pictures, and of the texts of each language; not of fewer than can be compared."""
    pictures = asked.pictures
    if len(pictures) >= FEWEST:
        yield Value(
            task=PICTURES_ALIKE,
            measure=CKA,
            value=kernel_alignment.measure(
                student.find_pictures(pictures).astype("float64"),
                teacher.find_pictures(pictures).astype("float64"),
                look,
            ),
            num_items=len(pictures),
        )
    for pool in asked.pools:
        texts = list(pool.texts)
        if pool.language and len(texts) >= FEWEST:
            yield Value(
                task=TEXTS_ALIKE,
                measure=CKA,
                value=kernel_alignment.measure(
                    student.find_phrases(texts).astype("float64"),
                    teacher.find_phrases(texts).astype("float64"),
                    look,
                ),
                language=pool.language,
                num_items=len(texts),
            )
