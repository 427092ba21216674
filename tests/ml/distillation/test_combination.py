"""Several formulations at once."""

import pytest
import torch

from ml.distillation.combination import Combination
from ml.distillation.vectors import Batch
from specs.distillation.dr import DistributionalReplication
from specs.distillation.fd import FeatureDistillation
from specs.distillation.mcl import MultilingualContrast

from .test_losses import FD, LAYOUT, MCL, STUDENT, TEACHER

BATCH = Batch(student=STUDENT, teacher=TEACHER, layout=LAYOUT)


def test_the_sum_weighs_each_and_tells_each_without_its_weight() -> None:
    both = Combination(
        [FeatureDistillation(weight=3), MultilingualContrast(weight=0.5, temperature=1)]
    )
    both.take_in(TEACHER)
    total, parts = both.compute(BATCH)
    assert total.item() == pytest.approx(3 * FD + 0.5 * MCL)
    assert {name: each.item() for name, each in parts.items()} == pytest.approx(
        {"fd": FD, "mcl": MCL}
    )


def test_one_alone_is_a_combination_too() -> None:
    total, _ = Combination([FeatureDistillation()]).compute(BATCH)
    assert total.item() == pytest.approx(FD)


def test_what_one_of_them_keeps_is_packed_under_its_name() -> None:
    specs = [FeatureDistillation(), DistributionalReplication(queue_size=4)]
    first, second = Combination(specs), Combination(specs)
    first.take_in(TEACHER)
    packed = first.pack()
    assert set(packed) == {"dr.pictures", "dr.sentences"}
    second.unpack(packed)
    assert torch.equal(second.compute(BATCH)[0], first.compute(BATCH)[0])


def test_none_and_one_that_is_given_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one; these were given: none"):
        Combination([])
    with pytest.raises(ValueError, match="these were given: fd, fd"):
        Combination([FeatureDistillation(), FeatureDistillation(weight=2)])
