"""The two losses against values worked out by hand on three pictures and three texts."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ml.aligning import relation
from ml.aligning.losses import LOSSES, measure_infonce, measure_sigmoid
from ml.aligning.relation import Relation
from ml.loading import encoders
from ml.progress import Silent
from ml.training.data import captioned
from ml.training.data.captioned import Material, Preparation
from tests.captioned import write_dataset

LOGITS = torch.tensor([[3.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 2.0]], dtype=torch.float64)
DIAGONAL = Relation(torch.tensor([[0, 0], [1, 1], [2, 2]]), torch.eye(3, dtype=torch.bool))
Loss = Callable[[Tensor, Relation], Tensor]


def e(power: float) -> float:
    return math.exp(power)


def test_infonce_of_three_pairs_is_what_is_worked_out_by_hand() -> None:
    by_texts = [
        math.log(1 + e(-2) + e(-3)),
        math.log(1 + e(-2) + e(-1)),
        math.log(1 + e(-1) + e(-2)),
    ]
    by_pictures = [
        math.log(1 + e(-3) + e(-2)),
        math.log(1 + e(-1) + e(-2)),
        math.log(1 + e(-2) + e(-1)),
    ]
    wanted = (sum(by_texts) + sum(by_pictures)) / 6
    assert float(measure_infonce(LOGITS, DIAGONAL)) == pytest.approx(wanted, abs=1e-12)
    assert wanted == pytest.approx(0.328353, abs=1e-6)


def test_infonce_without_twins_is_the_cross_entropy_of_both_sides() -> None:
    right = torch.arange(3)
    sides = [torch.nn.functional.cross_entropy(each, right) for each in (LOGITS, LOGITS.T)]
    wanted = torch.stack(sides).mean()
    assert float(measure_infonce(LOGITS, DIAGONAL)) == pytest.approx(float(wanted), abs=1e-12)


def test_sigmoid_of_three_pairs_is_what_is_worked_out_by_hand() -> None:
    right = [math.log(1 + e(-each)) for each in (3, 2, 2)]
    wrong = [math.log(1 + e(each)) for each in (1, 0, 0, 1, 1, 0)]
    wanted = (sum(right) + sum(wrong)) / 3
    assert float(measure_sigmoid(LOGITS, DIAGONAL)) == pytest.approx(wanted, abs=1e-12)
    assert wanted == pytest.approx(2.107224, abs=1e-6)


def test_infonce_never_holds_a_twin_against_a_pair() -> None:
    """The third text is right for the first picture as well."""
    right = DIAGONAL.right.clone()
    right[0, 2] = True
    twins = Relation(DIAGONAL.pairs, right)
    by_texts = [math.log(1 + e(-2)), math.log(1 + e(-2) + e(-1)), math.log(1 + e(-1) + e(-2))]
    by_pictures = [math.log(1 + e(-3) + e(-2)), math.log(1 + e(-1) + e(-2)), math.log(1 + e(-1))]
    wanted = (sum(by_texts) + sum(by_pictures)) / 6
    assert float(measure_infonce(LOGITS, twins)) == pytest.approx(wanted, abs=1e-12)


def test_sigmoid_counts_a_twin_as_right() -> None:
    right = DIAGONAL.right.clone()
    right[0, 2] = True
    apart = measure_sigmoid(LOGITS, Relation(DIAGONAL.pairs, right))
    wanted = measure_sigmoid(LOGITS, DIAGONAL) + (math.log(1 + e(-0.0)) - math.log(1 + e(0.0))) / 3
    assert float(apart) == pytest.approx(float(wanted), abs=1e-12)
    higher = LOGITS.clone()
    higher[0, 2] = 5.0
    assert measure_sigmoid(higher, Relation(DIAGONAL.pairs, right)) < apart
    assert measure_sigmoid(higher, DIAGONAL) > measure_sigmoid(LOGITS, DIAGONAL)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("has_twins", [False, True])
def test_gradients_are_those_of_small_differences(loss: Loss, *, has_twins: bool) -> None:
    right = DIAGONAL.right.clone()
    right[0, 2] = has_twins
    logits = LOGITS.clone().requires_grad_()
    related = Relation(DIAGONAL.pairs, right)
    assert torch.autograd.gradcheck(lambda each: loss(each, related), [logits])


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_batch_in_which_nothing_is_wrong_has_finite_gradients(loss: Loss) -> None:
    logits = LOGITS.float().requires_grad_()
    value = loss(logits, Relation(DIAGONAL.pairs, torch.ones(3, 3, dtype=torch.bool)))
    value.backward()  # type: ignore[no-untyped-call]
    assert value.isfinite()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


@pytest.fixture(scope="module")
def twins(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Sentences in order: rice, nasi; rice, soup; noodles."""
    rows = [
        {"number": 1, "caption": "rice", "language": "en"},
        {"number": 1, "caption": "nasi", "language": "id"},
        {"number": 2, "caption": "rice", "language": "en"},
        {"number": 2, "caption": "soup", "language": "en"},
        {"number": 2, "caption": "soup", "language": "en"},
        {"number": 3, "caption": "noodles", "language": "en"},
    ]
    folder = tmp_path_factory.mktemp("twins")
    data = write_dataset(folder, rows)
    items, num_left_out = captioned.find_items(data, one_a_language=False)
    assert num_left_out == 1
    encoder = encoders.open_encoder(clip)
    preparation = Preparation(items=items, encoder=encoder, dataset=data, saying="")
    preparation.build(folder / "prepared", Silent())
    return Material(folder / "prepared", captioned.list_languages(items))


def test_words_and_pictures_that_are_the_same_are_there_once(twins: Material) -> None:
    """All captions of the first two pictures, one of which they share."""
    related = relation.relate(twins, [0, 1, 2, 3])
    assert related.items == (0, 1)
    assert related.texts == ("rice", "nasi", "soup")
    assert related.relation.pairs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 2]]
    assert related.relation.right.tolist() == [[True, True, False], [True, False, True]]


def test_words_that_a_picture_has_in_a_row_outside_the_batch_are_no_negative(
    twins: Material,
) -> None:
    """The first picture by its Indonesian name, the second as 'rice', which the first is, too."""
    related = relation.relate(twins, [1, 2, 4])
    assert related.texts == ("nasi", "rice", "noodles")
    assert related.relation.right.tolist() == [
        [True, True, False],
        [False, True, False],
        [False, False, True],
    ]
