"""How far the tensors of two models are from each other."""

import math

import pytest
import torch

from ml.loading.mixtures import mixing
from ml.merging import arithmetic


def test_the_norm_of_a_difference_is_that_of_its_parts_together() -> None:
    base = torch.zeros(3 * mixing.BLOCK + 1, dtype=torch.float16)
    tuned = base + 2
    scratch = mixing.make_scratch()
    for measure in (arithmetic.measure_difference, arithmetic.measure_exactly):
        assert measure(base, tuned, scratch) == pytest.approx(2 * math.sqrt(len(base)), rel=1e-6)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", arithmetic.DTYPES)
def test_what_is_not_finite_shows_in_the_norm(dtype: str, value: float) -> None:
    good = torch.ones(5, dtype=arithmetic.DTYPES[dtype])
    bad = good.clone()
    bad[3] = value
    scratch = mixing.make_scratch()
    for base, tuned in ((good, bad), (bad, good), (bad, bad)):
        assert not math.isfinite(arithmetic.measure_difference(base, tuned, scratch))
