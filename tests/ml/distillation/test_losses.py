"""Each formulation against values worked out by hand, and its gradients against differences."""

from math import e, log
from typing import Any

import pytest
import torch
from torch import Tensor

from ml.distillation.loss import Loss
from ml.distillation.losses import registry
from ml.distillation.vectors import Batch, Layout, Vectors
from specs.distillation.registry import FORMULATIONS

E1, E2, E3 = torch.eye(3, dtype=torch.float64)
# The first item has an English and an Indonesian sentence, the second an English one.
LAYOUT = Layout(num_items=3, items=(0, 0, 1), languages=("en", "id", "en"))
STUDENT = Vectors(torch.stack([E1, E2, E3]), torch.stack([E1, E2, E3]))
TEACHER = Vectors(torch.stack([E2, E2, E3]), torch.stack([E1, E2, E3]))
BATCH = Batch(student=STUDENT, teacher=TEACHER, layout=LAYOUT)

# Pictures: e1 instead of e2 is at a squared distance of 2, one of three. Sentences: as the teacher.
FD = (2 / 3 + 0) / 2
# The Indonesian e2 ought to be the English e1.
ED = (2 / 3 + 2 / 3) / 2
# Of 15 pairs three differ by 1: the first picture lies with its sentence, not with two others.
SD = 3 / 15
# Eight searches: three sentences among three pictures; two pictures and the Indonesian sentence
# among two English ones; a picture and an English sentence "among" the one Indonesian.
MCL = (
    (log(e + 2) - 1) + log(e + 2) + log(e + 2)
    + (log(e + 1) - 1) + log(2) + log(2)
    + 0 + 0
) / 8  # fmt: skip
# Queues: pictures (e2, e2, e3), sentences (e1, e2, e3). Cross-entropy is the logarithm of the
# student's sum less the student's similarities in the teacher's shares.
_AMONG_PICTURES = (
    2 * log(3) + 2 * (log(2 * e + 1) - 2 * e / (2 * e + 1)) + 2 * (log(e + 2) - e / (e + 2))
) / 6
_AMONG_SENTENCES = log(e + 2) - (1 + 5 * e) / (e + 2) / 6
DR = (_AMONG_PICTURES + _AMONG_SENTENCES) / 2

BY_HAND: dict[str, tuple[dict[str, Any], float]] = {
    "fd": ({}, FD),
    "ed": ({}, ED),
    "sd": ({}, SD),
    "mcl": ({"temperature": 1}, MCL),
    "dr": ({"teacher_temperature": 1, "student_temperature": 1, "queue_size": 3}, DR),
}

every_method = pytest.mark.parametrize("method", sorted(FORMULATIONS))


def make(method: str, **settings: Any) -> Loss:
    return registry.LOSSES[method](FORMULATIONS[method].model_validate(settings))


def draw(seed: int, *, width: int = 3) -> Vectors:
    random = torch.Generator().manual_seed(seed)
    pictures, sentences = torch.randn(2, 3, width, dtype=torch.float64, generator=random)
    return Vectors.of(pictures, sentences)


@every_method
def test_loss_is_what_it_is_by_hand(method: str) -> None:
    settings, by_hand = BY_HAND[method]
    loss = make(method, **settings)
    loss.take_in(TEACHER)
    assert loss.compute(BATCH).item() == pytest.approx(by_hand, rel=1e-12)


@every_method
def test_gradient_is_that_of_small_differences(method: str) -> None:
    loss, teacher = make(method), draw(1)
    loss.take_in(teacher)

    def compute(pictures: Tensor, sentences: Tensor) -> Tensor:
        student = Vectors.of(pictures, sentences)
        return loss.compute(Batch(student=student, teacher=teacher, layout=LAYOUT))

    raw = draw(2)
    inputs = [(2 * each).requires_grad_() for each in (raw.pictures, raw.sentences)]
    assert torch.autograd.gradcheck(compute, inputs)


@every_method
def test_student_that_follows_the_gradient_comes_closer(method: str) -> None:
    loss, teacher = make(method), draw(1)
    loss.take_in(teacher)
    raw = [each.clone().requires_grad_() for each in (draw(2).pictures, draw(2).sentences)]
    optimizer = torch.optim.SGD(raw, lr=0.05)
    seen = []
    for _ in range(20):
        value = loss.compute(Batch(student=Vectors.of(*raw), teacher=teacher, layout=LAYOUT))
        seen.append(value.item())
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert seen[-1] < 0.9 * seen[0]


@pytest.mark.parametrize("method", ["fd", "sd"])
def test_a_perfect_copy_has_no_loss(method: str) -> None:
    same = Batch(student=TEACHER, teacher=TEACHER, layout=LAYOUT)
    assert make(method).compute(same) == 0


def test_a_perfect_copy_has_the_least_loss_that_replication_can_have() -> None:
    teacher, student = draw(1), draw(1)
    loss = make("dr", teacher_temperature=0.1, student_temperature=0.1)
    loss.take_in(teacher)
    for each in (student.pictures, student.sentences):
        each.requires_grad_()
    value = loss.compute(Batch(student=student, teacher=teacher, layout=LAYOUT))
    value.backward()  # type: ignore[no-untyped-call]
    assert student.pictures.grad is not None
    assert student.pictures.grad.abs().max() < 1e-12


def test_similarities_do_not_depend_on_how_the_space_is_turned_or_how_wide_it_is() -> None:
    teacher = draw(1)
    random = torch.Generator().manual_seed(0)
    square = torch.randn(8, 3, dtype=torch.float64, generator=random)
    turn = torch.linalg.qr(square).Q.T  # three rows at right angles in a space of 8 numbers
    student = Vectors(teacher.pictures @ turn, teacher.sentences @ turn)
    batch = Batch(student=student, teacher=teacher, layout=LAYOUT)
    assert make("sd").compute(batch).item() == pytest.approx(0, abs=1e-24)


@pytest.mark.parametrize("method", ["fd", "ed", "dr"])
def test_vectors_of_another_width_than_the_teachers_are_refused(method: str) -> None:
    loss, teacher = make(method), draw(1)
    loss.take_in(teacher)
    batch = Batch(student=draw(1, width=2), teacher=teacher, layout=LAYOUT)
    with pytest.raises(ValueError, match=r"student's vectors have 2 numbers and the teacher's 3"):
        loss.compute(batch)


def test_english_control_refuses_a_batch_in_which_it_has_nothing_to_copy() -> None:
    layout = Layout(num_items=3, items=(0, 0, 1), languages=("en", "id", "id"))
    batch = Batch(student=STUDENT, teacher=TEACHER, layout=layout)
    with pytest.raises(ValueError, match=r"1 of 2 items of a batch have no sentence in 'en'"):
        make("ed").compute(batch)


def test_english_control_may_copy_from_another_language() -> None:
    layout = Layout(num_items=3, items=(0, 0, 1), languages=("id", "en", "id"))
    batch = Batch(student=STUDENT, teacher=TEACHER, layout=layout)
    assert make("ed", pivot="id").compute(batch).item() == pytest.approx(ED)


def test_contrast_does_not_ask_the_teacher() -> None:
    values = [
        make("mcl").compute(Batch(student=STUDENT, teacher=draw(seed), layout=LAYOUT))
        for seed in (1, 2)
    ]
    assert values[0] == values[1]


def test_contrast_holds_nothing_against_the_same_words_of_another_picture() -> None:
    """Of three pairs the first two have the same sentence: each is told apart from the third."""
    basis = torch.eye(3, dtype=torch.float64)
    layout = Layout(3, (0, 1, 2), ("en", "en", "en"), ("red house", "red house", "green house"))
    batch = Batch(student=Vectors(basis, basis), teacher=TEACHER, layout=layout)
    wanted = (4 * (log(e + 1) - 1) + 2 * (log(e + 2) - 1)) / 6
    assert make("mcl", temperature=1).compute(batch).item() == pytest.approx(wanted)


def test_words_that_two_pictures_share_make_twins_of_them_across_languages() -> None:
    """The pictures, then "a" (en) and "x" (id) of the first one, "a" (en) and "y" (id) of the
    second: "x" is held apart from the second picture, which it was not said of.
    """
    layout = Layout(2, (0, 0, 1, 1), ("en", "id", "en", "id"), ("a", "x", "a", "y"))
    twins = layout.find_twins()
    assert twins is not None
    pairs = {(int(one), int(other)) for one, other in twins.nonzero() if one < other}
    assert pairs == {(0, 4), (1, 2), (2, 4), (2, 5), (3, 4)}
    assert Layout(2, (0, 1), ("en", "en"), ("a", "b")).find_twins() is None
    assert Layout(2, (0, 1), ("en", "en")).find_twins() is None


def test_a_variety_is_copied_from_only_where_the_language_itself_is_not_there() -> None:
    """Of two varieties the first by the alphabet, whatever their order."""
    layout = Layout(3, (0, 0, 1, 1, 1, 2), ("en-US", "en", "id", "en_US", "EN-gb", "en-US"))
    assert layout.find_pivots("en") == [1, 1, 4, 4, 4, 5]
    assert Layout(1, (0, 0), ("en", "en-US")).find_pivots("en-us") == [1, 1]
    with pytest.raises(ValueError, match="1 of 1 items of a batch have no sentence in 'en-US'"):
        Layout(1, (0,), ("en",)).find_pivots("en-US")


@pytest.mark.parametrize(
    ("items", "languages", "message"),
    [
        ((), (), "0 sentences and 0 languages"),
        ((0, 1), ("en",), "2 sentences and 1 languages"),
        ((0, 3), ("en", "en"), "none of the 3 pictures"),
        ((0, 0), ("en", "en"), "two sentences in one language"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(
    items: tuple[int, ...], languages: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Layout(num_items=3, items=items, languages=languages)
