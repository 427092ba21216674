"""Every value is at most one unit in the last place from the exactly rounded one, whatever the
values and the weight. What is exact is worked out in rational numbers.
"""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml.loading.mixtures import mixing

DTYPES = [torch.float16, torch.bfloat16, torch.float32]
WIDTHS = {torch.float16: torch.int16, torch.bfloat16: torch.int16, torch.float32: torch.int32}
LARGEST = {dtype: torch.finfo(dtype).max for dtype in DTYPES}
WEIGHTS = st.one_of(
    st.sampled_from([0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9]),
    st.floats(0, 1, exclude_min=True, exclude_max=True, allow_subnormal=False),
)


def round_to(values: list[float], dtype: torch.dtype) -> torch.Tensor:
    return (
        torch.tensor(values, dtype=torch.float64).clamp(-LARGEST[dtype], LARGEST[dtype]).to(dtype)
    )


def count_steps(one: torch.Tensor, other: torch.Tensor, dtype: torch.dtype) -> list[int]:
    """How many representable numbers lie between each two; +0 and -0 are the same."""

    def place(values: torch.Tensor) -> list[int]:
        bits = values.view(WIDTHS[dtype]).tolist()
        lowest = torch.iinfo(WIDTHS[dtype]).min
        return [bit if bit >= 0 else lowest - bit for bit in bits]

    return [abs(a - b) for a, b in zip(place(one), place(other), strict=True)]


def round_exactly(base: float, tuned: float, weight: float, dtype: torch.dtype) -> float:
    """The nearest representable number; which of two at the same distance does not matter here."""
    exact = (1 - Fraction(weight)) * Fraction(base) + Fraction(weight) * Fraction(tuned)
    first = torch.tensor([float(exact)], dtype=torch.float64).to(dtype)
    up, down = (torch.nextafter(first, torch.tensor([to], dtype=first.dtype))
                for to in (math.inf, -math.inf))  # fmt: skip
    near = [float(each) for each in (first, up, down) if torch.isfinite(each).all()]
    return min(near, key=lambda each: abs(Fraction(each) - exact))


def mix(base: torch.Tensor, tuned: torch.Tensor, weight: float) -> torch.Tensor:
    out = torch.empty_like(base)
    mixing.mix(base, tuned, weight, out, mixing.make_scratch())
    return out


@pytest.mark.parametrize("dtype", DTYPES)
@settings(max_examples=150, deadline=None)
@given(data=st.data(), weight=WEIGHTS)
def test_linear_is_within_one_unit_of_the_exactly_rounded_result(
    dtype: torch.dtype, data: st.DataObject, weight: float
) -> None:
    limit = LARGEST[dtype]
    number = st.floats(-limit, limit, width=16 if dtype == torch.float16 else 32)
    pairs = data.draw(st.lists(st.tuples(number, number), min_size=1, max_size=8))
    base, tuned = (round_to(list(values), dtype) for values in zip(*pairs, strict=True))
    exact = [
        round_exactly(a, b, weight, dtype)
        for a, b in zip(base.tolist(), tuned.tolist(), strict=True)
    ]
    found = mix(base, tuned, weight)
    assert max(count_steps(found, round_to(exact, dtype), dtype)) <= 1


@pytest.mark.parametrize("dtype", DTYPES)
@given(weight=st.sampled_from([0.1, 0.3, 0.7]), base=st.integers(1, 100))
@example(weight=0.1, base=1)
def test_values_that_cancel_are_still_rounded_right(
    dtype: torch.dtype, weight: float, base: int
) -> None:
    """Near the zero of (1 - beta) a + beta b, fp32 would show nothing but its own rounding."""
    tuned = -base * (1 - weight) / weight
    first, second = round_to([base], dtype), round_to([tuned], dtype)
    exact = round_exactly(float(first), float(second), weight, dtype)
    found = mix(first, second, weight)
    assert count_steps(found, round_to([exact], dtype), dtype)[0] <= 1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_all_values_of_a_half_type_are_mixed_right(dtype: torch.dtype) -> None:
    """Every finite number of the type with one that was drawn, subnormal ones included."""
    bits = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16)
    base = bits.view(dtype)
    base = base[torch.isfinite(base)]
    order = torch.randperm(len(base), generator=torch.Generator().manual_seed(0))
    for weight in (0.25, 0.3, 0.9):
        tuned = base[order]
        found = mix(base, tuned, weight)
        exact = np.longdouble(1) * base.double().numpy()
        exact += np.longdouble(weight) * (tuned.double().numpy() - exact)
        rounded = torch.from_numpy(exact.astype(np.float64)).to(base.dtype)
        keep = (base.abs() < 1e37) & (tuned.abs() < 1e37)
        assert max(count_steps(found[keep], rounded[keep], dtype)) <= 1


def test_golden_values() -> None:
    """Worked out by hand: 1 + 0.25 * (2 - 1); -2 + 0.3 * (8 + 2) is just below 1."""
    base, tuned = (torch.tensor(values, dtype=torch.float16) for values in ([1.0, -2], [2.0, 8]))
    assert mix(base, tuned, 0.25).tolist() == [1.25, 0.5]
    assert mix(base, tuned, 0.3).tolist() == [1.2998046875, 1.0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("weight", [0.1, 0.3, 0.5, 0.9])
def test_one_value_that_cancels_among_many_is_found(dtype: torch.dtype, weight: float) -> None:
    base = torch.full((1000,), 8.0, dtype=dtype)
    tuned = torch.full((1000,), 9.0, dtype=dtype)
    tuned[500] = -8.0 * (1 - weight) / weight
    exact = [round_exactly(8.0, each, weight, dtype) for each in tuned.tolist()]
    assert max(count_steps(mix(base, tuned, weight), round_to(exact, dtype), dtype)) <= 1


@pytest.mark.parametrize("weight", [0.25, 0.3, 0.5])
def test_halves_whose_difference_is_larger_than_fp32_are_mixed_right(weight: float) -> None:
    """Also beside values that are not so large, and those keep their bits."""
    largest = LARGEST[torch.bfloat16]
    base = torch.tensor([largest, 1.0, -largest, 3.0], dtype=torch.bfloat16)
    tuned = torch.tensor([-largest, 2.0, largest, -5.0], dtype=torch.bfloat16)
    exact = (base.double() * (1 - weight) + tuned.double() * weight).bfloat16()
    assert torch.equal(mix(base, tuned, weight), exact)
    assert torch.equal(mix(base[1::2], tuned[1::2], weight), exact[1::2])


def test_a_tuned_value_is_not_lost_beside_a_base_that_is_larger_by_far() -> None:
    """What the last digit of the weight leaves of the base is 2.015625."""
    base = torch.tensor([2.0**53 + 2.0**46], dtype=torch.bfloat16)
    tuned = torch.ones(1, dtype=torch.bfloat16)
    assert mix(base, tuned, 1 - 2.0**-52).tolist() == [3.015625]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weight", [0.1, 0.25])
def test_how_a_tensor_is_cut_at_blocks_changes_no_bit(dtype: torch.dtype, weight: float) -> None:
    generator = torch.Generator().manual_seed(0)
    base, tuned = (
        torch.randn(2 * mixing.BLOCK + 13, generator=generator).to(dtype) for _ in range(2)
    )
    whole = mix(base, tuned, weight)
    parts = [mix(*pair, weight) for pair in zip(base.split(mixing.BLOCK),
             tuned.split(mixing.BLOCK), strict=True)]  # fmt: skip
    assert torch.equal(whole, torch.cat(parts))
