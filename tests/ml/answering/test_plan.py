"""What will be answered, before any model is there."""

import pytest

from ml.answering import plan
from ml.answering.problems import CannotAnswer
from specs.quiz import QuizItem


def make_items(*lengths: int) -> list[QuizItem]:
    return [
        QuizItem(key=f"k{number}", question="x" * length, answers=("y",))
        for number, length in enumerate(lengths)
    ]


def measure(item: QuizItem, passages: object) -> int:
    del passages
    return len(item.question)


def test_questions_of_one_length_are_answered_together() -> None:
    made = plan.make(make_items(9, 1, 8, 2), {}, seeds=(0,), batch_size=2, measure=measure)
    lengths = [[len(ask.item.question) for ask in batch.asks] for batch in made.batches]
    assert lengths == [[1, 2], [8, 9]]
    assert [ask.number for ask in made.asks] == [1, 3, 2, 0]


def test_questions_with_pictures_are_answered_apart() -> None:
    items = make_items(5, 5, 5)
    items[1] = items[1].model_copy(update={"picture": "pictures/a.png", "sha256": "0" * 64})
    made = plan.make(items, {}, seeds=(0,), batch_size=2, measure=measure)
    assert [[ask.item.key for ask in batch.asks] for batch in made.batches] == [
        ["k0", "k2"],
        ["k1"],
    ]


def test_seeds_of_a_question_stand_side_by_side() -> None:
    made = plan.make(make_items(1, 2), {}, seeds=(4, 2), batch_size=3, measure=measure)
    assert [(ask.item.key, ask.seed) for ask in made.asks] == [
        ("k0", 4), ("k0", 2), ("k1", 4), ("k1", 2),
    ]  # fmt: skip
    assert made.num_answers == 4


def test_without_betas_the_model_is_the_one_variant() -> None:
    made = plan.make(make_items(1), {}, seeds=(0,), batch_size=1, measure=measure)
    assert made.variants == (plan.Variant("model", None),)


def test_variants_are_called_as_those_of_pictures_and_merges_are() -> None:
    made = plan.make(
        make_items(1), {}, seeds=(0,), betas=(0.0, 0.25, 1.0), batch_size=1, measure=measure
    )
    assert [variant.name for variant in made.variants] == ["beta-0", "beta-0.25", "beta-1"]
    assert made.num_answers == 3


def test_betas_of_one_name_are_refused() -> None:
    with pytest.raises(CannotAnswer, match=r"Two betas would both be called 'beta-0\.333333'"):
        plan.make(
            make_items(1), {}, seeds=(0,), betas=(1 / 3, 0.33333333), batch_size=1, measure=measure
        )
