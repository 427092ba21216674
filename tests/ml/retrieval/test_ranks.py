"""Tokens, BM25, exact search and fusion: golden values, and brute force as the judge."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml.retrieval import exact, fusion, tokens
from ml.retrieval.bm25 import Bm25

DOCUMENTS = [["rice", "fish", "rice"], ["fish"], ["soup", "fish", "lime", "rice"], ["tea"]]


def test_words_are_whole_and_in_one_spelling() -> None:
    assert tokens.tokenize("\uff2easi GORENG, straße! 2x") == ["nasi", "goreng", "strasse", "2x"]
    assert tokens.tokenize("cafe\u0301") == tokens.tokenize("café")
    assert tokens.tokenize("?! — …") == []


def test_scripts_without_spaces_become_neighbouring_letters() -> None:
    assert tokens.tokenize("茶") == ["茶"]
    assert tokens.tokenize("喝杯茶") == ["喝杯", "杯茶", "喝杯茶"]
    assert len(tokens.tokenize("ម្ហូបខ្មែរ")) == len(tokens.tokenize("喝杯茶好"))
    # A mark stays with its letter, and what stands between words of two scripts ends both.
    assert tokens.tokenize("ผัด Thai ก") == ["ผัด", "thai", "ก"]


def test_bm25_gives_the_values_of_its_formula() -> None:
    """Worked by hand: N = 4, mean length 9/4, k1 = 1.2, b = .75."""
    found = Bm25(DOCUMENTS).score(["rice", "lime"])
    rice, lime = math.log(1 + 2.5 / 2.5), math.log(1 + 3.5 / 1.5)
    first = rice * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2.25))
    damped = 1.2 * (0.25 + 0.75 * 4 / 2.25)
    third = (rice + lime) * 2.2 / (1 + damped)
    np.testing.assert_allclose(found, [first, 0, third, 0], rtol=1e-12)
    np.testing.assert_allclose(found, [0.871385, 0, 1.439194, 0], atol=1e-6)


def test_bm25_counts_what_a_question_says_twice_and_passes_over_what_nobody_says() -> None:
    bm25 = Bm25(DOCUMENTS)
    np.testing.assert_array_equal(bm25.score(["tea", "tea"]), 2 * bm25.score(["tea"]))
    assert not bm25.score(["coffee"]).any()
    assert not bm25.score([]).any()
    assert Bm25([[], []]).score(["tea"]).tolist() == [0, 0]


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), min_size=1, max_size=9),
       st.lists(st.sampled_from("abcdefg"), max_size=6))  # fmt: skip
def test_bm25_is_never_negative_and_zero_exactly_without_shared_words(
    documents: list[list[str]], asked: list[str]
) -> None:
    scores = Bm25(documents).score(asked)
    assert [score > 0 for score in scores] == [bool(set(d) & set(asked)) for d in documents]


def make_vectors(generator: np.random.Generator, rows: int, width: int) -> NDArray[np.float32]:
    found = generator.normal(size=(rows, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(0, 300),
    width=st.integers(1, 40),
    k=st.integers(1, 40),
    copies=st.integers(0, 60),
    block=st.sampled_from([1, 14, 128, 2**21]),
)
def test_exact_search_is_brute_force(
    seed: int, rows: int, width: int, k: int, copies: int, block: int
) -> None:
    """With many equal vectors, in blocks of any size."""
    generator = np.random.default_rng(seed)
    vectors, queries = make_vectors(generator, rows, width), make_vectors(generator, 3, width)
    for _ in range(copies if rows else 0):
        vectors[generator.integers(rows)] = vectors[generator.integers(rows)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "_BLOCK_VALUES", block)
        patch.setattr(exact, "_SAMPLE", 16)
        patch.setattr(exact, "_BLOCK_QUERIES", 2)
        found = exact.search(vectors, queries, k)
    for query, nearest in zip(queries, found, strict=True):
        scores = (vectors * query.astype(np.float64)).sum(axis=1)
        best = sorted(range(rows), key=lambda row: (-scores[row], row))[:k]
        assert nearest.rows.tolist() == best
        np.testing.assert_array_equal(nearest.scores, scores[best])


def test_of_equal_vectors_the_earlier_is_first_wherever_they_lie() -> None:
    """Products in float32 give equal rows other last bits at other places of a block."""
    generator = np.random.default_rng(0)
    vectors = make_vectors(generator, 5000, 33)
    places = [3, 511, 512, 1023, 2500, 4999]
    vectors[places] = vectors[3]
    (nearest,) = exact.search(vectors, vectors[3:4], 6)
    assert nearest.rows.tolist() == places
    assert len(set(nearest.scores.tolist())) == 1


def test_fusion_adds_reciprocal_ranks() -> None:
    found = fusion.fuse(([7, 3, 5], [5, 9]))
    assert [each.row for each in found] == [5, 7, 3, 9]
    assert found[0].score == 1 / 63 + 1 / 61
    assert found[0].ranks == (3, 1)
    assert found[3].ranks == (None, 2)


def test_ties_are_broken_as_stated() -> None:
    # 1 and 2 change places between the lists: equal sums and equal best ranks.
    assert [each.row for each in fusion.fuse(([2, 1], [1, 2]))] == [2, 1]
    # Each stands alone at rank 1: the first list's goes first.
    assert [each.row for each in fusion.fuse(([9], [4]))] == [9, 4]
    assert fusion.fuse(([], [])) == []


@given(st.permutations(range(8)), st.permutations(range(8)), st.integers(0, 100))
def test_fusion_never_puts_first_what_both_rank_lower(
    first: list[int], second: list[int], k: int
) -> None:
    order = [each.row for each in fusion.fuse((first, second), k=k)]
    for one in range(8):
        for other in range(8):
            if first.index(one) < first.index(other) and second.index(one) < second.index(other):
                assert order.index(one) < order.index(other)
