"""What SigLIP2 is taught by, computed by hand."""

import math

import pytest
import torch
from torch import nn

from sandbox.encoders import copying


class Judges(nn.Module):
    def __init__(self, scale: float, bias: float) -> None:
        super().__init__()
        self.logit_scale = nn.Parameter(torch.tensor(math.log(scale)))
        self.logit_bias = nn.Parameter(torch.tensor(float(bias)))


COSINES = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
NONE = torch.zeros(2, 2, dtype=torch.bool)


def cost(logit: float) -> float:
    return math.log1p(math.exp(-logit))


def test_each_text_beside_each_picture_is_a_question_of_its_own() -> None:
    """Logits: 2 cos - 1, so 1 and -1, 0 and 0; the diagonal is right."""
    found = copying.judge(Judges(2, -1), COSINES, NONE)
    assert found.item() == pytest.approx((cost(1) + cost(1) + cost(0) + cost(0)) / 2, rel=1e-6)


def test_a_text_that_is_true_of_anothers_picture_is_not_asked_about() -> None:
    others = torch.tensor([[False, True], [False, False]])
    found = copying.judge(Judges(2, -1), COSINES, others)
    assert found.item() == pytest.approx((cost(1) + cost(0) + cost(0)) / 2, rel=1e-6)


def test_whoever_finds_the_same_likely_has_nothing_to_learn() -> None:
    assert copying.compare(COSINES, COSINES, 20).item() == pytest.approx(0, abs=1e-6)
    assert copying.compare(COSINES.flip(0), COSINES, 20).item() > 0.1


def test_a_copy_is_as_far_off_as_its_vectors_are() -> None:
    wanted = torch.eye(2)
    found = torch.tensor([[0.6, 0.8], [0.0, 1.0]])
    assert copying.measure_distance(found, wanted).item() == pytest.approx(0.4, rel=1e-6)
