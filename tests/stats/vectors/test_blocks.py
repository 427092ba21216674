"""Work in blocks: the same numbers, in the memory of one block, with looks in between."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from stats.vectors import consistency, kernel_alignment, purity, spearman
from stats.vectors.consistency import Consistency

SIZES = (1, 7, 64, 10_000)
LANGUAGES = ("en", "id", "th", "vi")


class Asked(Exception):
    """A wish to stop."""


def draw(seed: int, num: int, width: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(num, width))
    normalised: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normalised


def shuffle_said(seed: int, num: int) -> tuple[list[str], list[str]]:
    """Captions and languages in no order, some captions not in every language."""
    random = np.random.default_rng(seed)
    every = [(f"c{caption}", language) for caption in range(num) for language in LANGUAGES]
    kept = random.permutation(len(every))[: len(every) * 3 // 4]
    return [every[place][0] for place in kept], [every[place][1] for place in kept]


def stop_after(num: int) -> Callable[[], None]:
    left = iter(range(num))

    def look() -> None:
        if next(left, None) is None:
            raise Asked

    return look


def measure_consistency(seed: int) -> Consistency:
    captions, languages = shuffle_said(seed, 90)
    sentences = draw(seed, len(captions), 16)
    return consistency.measure(sentences, draw(seed + 100, 40, 16), captions, languages)


@pytest.mark.parametrize("seed", range(4))
def test_consistency_is_that_of_all_sentences_at_once(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    captions, languages = shuffle_said(seed, 90)
    ranks = spearman.rank(draw(seed, len(captions), 16) @ draw(seed + 100, 40, 16).T)
    rows = {said: row for row, said in enumerate(zip(captions, languages, strict=True))}
    for size in SIZES:
        monkeypatch.setattr(consistency, "_SENTENCES_AT_ONCE", size)
        found = measure_consistency(seed)
        for (one, other), value in found.by_pair.items():
            both = [caption for caption, language in rows
                    if language == one and (caption, other) in rows]  # fmt: skip
            ours, theirs = (ranks[[rows[caption, own] for caption in both]] for own in (one, other))
            assert value == spearman.correlate(ours, theirs).mean()
            assert found.num_captions[one, other] == len(both)
        assert list(found.by_pair) == [(one, other) for place, one in enumerate(LANGUAGES)
                                       for other in LANGUAGES[place + 1:]]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_blocks_change_no_cluster(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where centres are the same, which a product at the end of a block tells apart."""
    random = np.random.default_rng(seed)
    some = draw(seed, int(random.integers(1, 40)), 512).astype(np.float32).astype(np.float64)
    for vectors in (draw(seed, 200, 16), some[random.integers(0, len(some), 183)]):
        found = set()
        for size in SIZES:
            monkeypatch.setattr(purity, "_SENTENCES_AT_ONCE", size)
            found.add(tuple(purity.cluster(vectors, len(vectors) // 2).tolist()))
        assert len(found) == 1


def measure_peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_no_memory_is_as_large_as_all_sentences_by_all_pictures_or_centres() -> None:
    num, num_pictures = 6000, 500
    sentences, pictures = draw(0, num, 4), draw(1, num_pictures, 4)
    captions = [f"{place // 2}" for place in range(num)]
    languages = ["en", "th"] * (num // 2)
    whole = num * num_pictures * 8
    assert measure_peak(
        lambda: consistency.measure(sentences, pictures, captions, languages)
    ) < whole  # fmt: skip
    assert measure_peak(lambda: purity.cluster(sentences, num_pictures)) < whole


def test_alignment_takes_no_memory_of_all_things_by_all_things() -> None:
    num = 3000
    one, other = draw(0, num, 4), draw(1, num, 6)
    assert measure_peak(lambda: kernel_alignment.measure(one, other)) < num * num * 8 / 10


def test_a_wish_to_stop_is_heard_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (consistency, purity):
        monkeypatch.setattr(module, "_SENTENCES_AT_ONCE", 8)
    sentences, captions = draw(0, 40, 8), [f"{place // 2}" for place in range(40)]
    languages = ["en", "th"] * 20
    with pytest.raises(Asked):  # of five blocks
        consistency.measure(sentences, draw(1, 9, 8), captions, languages, stop_after(4))
    consistency.measure(sentences, draw(1, 9, 8), captions, languages, stop_after(5))
    for heard in (5, 19 + 2):  # while centres are chosen, and while sentences go to them
        with pytest.raises(Asked):
            purity.measure(sentences, captions, languages, stop_after(heard))
    monkeypatch.setattr(kernel_alignment, "_THINGS_AT_ONCE", 8)
    with pytest.raises(Asked):  # of five blocks, with each other and each with itself
        kernel_alignment.measure(sentences, draw(1, 40, 4), stop_after(14))
    kernel_alignment.measure(sentences, draw(1, 40, 4), stop_after(15))
