"""How alike vectors of two models lie: by hand for four things, and by its properties."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.vectors import kernel_alignment
from stats.vectors.kernel_alignment import NotAligned


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_four_things_by_hand() -> None:
    """x = 0 0 1 1 and y = 0 1 0 1. Each kernel has one pair of ones: with itself
    (2 + 4/6 - 2) / 4 = 1/6, with the other (0 + 4/6 - 1) / 4 = -1/12. CKA = -1/2.
    """
    found = kernel_alignment.measure(column(0, 0, 1, 1), column(0, 1, 0, 1))
    assert found == pytest.approx(-0.5)


def test_the_same_vectors_turned_scaled_and_moved_are_aligned() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(20, 5))
    turned, _ = np.linalg.qr(random.normal(size=(5, 5)))
    assert kernel_alignment.measure(vectors, 3 * vectors @ turned + 7) == pytest.approx(1.0)


def test_unrelated_vectors_are_near_0_though_they_are_longer_than_there_are_things() -> None:
    """The plain estimator gives .7 and more here."""
    random = np.random.default_rng(1)
    found = [
        kernel_alignment.measure(random.normal(size=(30, 200)), random.normal(size=(30, 200)))
        for _ in range(20)
    ]
    assert abs(np.mean(found)) < 0.05


def test_vectors_that_do_not_differ_are_aligned_with_nothing() -> None:
    """A student that says the same of everything is measured like any other."""
    assert kernel_alignment.measure(column(1, 1, 1, 1), column(0, 1, 2, 3)) == 0.0


@pytest.mark.parametrize("seed", range(30))
def test_vectors_that_do_not_differ_are_so_though_their_mean_is_rounded(seed: int) -> None:
    random = np.random.default_rng(seed)
    others, same = random.normal(size=(5, 3)), np.tile(random.normal(size=8), (5, 1))
    assert kernel_alignment.measure(same, others) == 0.0


def pair_up(vectors: np.ndarray) -> np.ndarray:
    """The kernel without its diagonal, of vectors as they are."""
    products: np.ndarray = vectors @ vectors.T
    np.fill_diagonal(products, 0.0)
    return products


@given(seed=st.integers(0, 10_000), n=st.integers(4, 6), moved=st.sampled_from((0.0, 1.0, 30.0)))
def test_the_estimate_is_the_mean_over_all_four_different_things(
    seed: int, n: int, moved: float
) -> None:
    """Song et al. 2012: K_ij (L_ij + L_qr - 2 L_iq) over all ordered quadruples, wherever the
    middle of the vectors lies.
    """
    random = np.random.default_rng(seed)
    one, other = (random.normal(size=(n, width)) + moved for width in (3, 5))
    kernels = [pair_up(each) for each in (one, other)]
    by_hand = np.mean(
        [
            kernels[0][i, j] * (kernels[1][i, j] + kernels[1][q, r] - 2 * kernels[1][i, q])
            for i, j, q, r in permutations(range(n), 4)
        ]
    )
    estimated = kernel_alignment.estimate(*map(kernel_alignment._centre, (one, other)))
    assert estimated == pytest.approx(by_hand, abs=1e-12 * (1 + moved) ** 4 + 1e-9)


def estimate_from_pairs(one: np.ndarray, other: np.ndarray) -> float:
    """Song's formula with kernels of all things by all things."""
    kernel, with_ = pair_up(one - one.mean(axis=0)), pair_up(other - other.mean(axis=0))
    n = len(kernel)
    sums = kernel.sum() * with_.sum() / ((n - 1) * (n - 2))
    crossed = 2 * (kernel.sum(axis=0) @ with_.sum(axis=0)) / (n - 2)
    return float(((kernel * with_).sum() + sums - crossed) / (n * (n - 3)))


@given(seed=st.integers(0, 10_000), n=st.integers(4, 200), size=st.sampled_from((1, 7, 1024)))
def test_alignment_is_that_of_kernels_of_all_pairs(seed: int, n: int, size: int) -> None:
    """More things than numbers, and fewer; vectors of length 1 about a middle far from 0."""
    random = np.random.default_rng(seed)
    drawn = random.normal(size=(n, 24))
    vectors = (drawn + 3, drawn @ random.normal(size=(24, 40)) + 9 * random.normal(size=(n, 40)))
    one, other = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in vectors)
    with_itself = estimate_from_pairs(one, one) * estimate_from_pairs(other, other)
    wanted = estimate_from_pairs(one, other) / np.sqrt(with_itself)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernel_alignment, "_THINGS_AT_ONCE", size)
        assert kernel_alignment.measure(one, other) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (column(0, 1, 2), column(0, 1, 2), "at least 4 things; there are 3"),
        (column(0, 1, 2, 3), column(0, 1, 2, 3, 4), "4 vectors of one model and 5"),
    ],
)
def test_what_cannot_be_aligned_is_refused(
    one: np.ndarray, other: np.ndarray, message: str
) -> None:
    with pytest.raises(NotAligned, match=message):
        kernel_alignment.measure(one, other)
