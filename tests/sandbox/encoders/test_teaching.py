import math

import pytest
import torch
from torch import nn

from sandbox.encoders import teaching


class Scales(nn.Module):
    def __init__(self, scale: float) -> None:
        super().__init__()
        self.logit_scale = nn.Parameter(torch.tensor(math.log(scale)))


COSINES = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
NONE = torch.zeros(2, 2, dtype=torch.bool)


def test_contrast_is_the_mean_of_both_directions() -> None:
    """Rows: log(1 + e^-2) and log 2. Columns: log(1 + e^-1) and log(1 + e^-1)."""
    rows = (math.log1p(math.exp(-2)) + math.log(2)) / 2
    columns = math.log1p(math.exp(-1))
    found = teaching.contrast(Scales(2), COSINES, NONE)
    assert found.item() == pytest.approx((rows + columns) / 2, rel=1e-6)


def test_what_is_left_out_weighs_nothing() -> None:
    others = torch.tensor([[False, True], [False, False]])
    rows, columns = math.log(2) / 2, math.log1p(math.exp(-1)) / 2
    found = teaching.contrast(Scales(2), COSINES, others)
    assert found.item() == pytest.approx((rows + columns) / 2, rel=1e-6)
