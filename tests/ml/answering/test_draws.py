"""Draws follow the model's own probabilities."""

import numpy as np
import pytest
import torch
from scipy import stats

from ml.answering import draws
from ml.answering.problems import CannotAnswer
from specs.quiz import QuizItem

ITEM = QuizItem(key="a", question="Which?", answers=("this",))


def draw(scores: list[float], num: int, **settings: float) -> np.ndarray:
    given = {"temperature": 1.0, "top_p": 1.0} | settings
    step = draws.Draw([draws.derive(ITEM, seed) for seed in range(num)], **given)
    logits = torch.tensor([scores] * num)
    chosen = step(torch.zeros(num, 1, dtype=torch.long), logits).argmax(-1)
    return np.bincount(chosen.numpy(), minlength=len(scores))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_tokens_are_drawn_as_often_as_the_model_says(temperature: float) -> None:
    scores = [0.0, 1.0, -1.0, 2.0]
    counts = draw(scores, 4000, temperature=temperature)
    expected = torch.tensor(scores, dtype=torch.float64).div(temperature).softmax(-1).numpy() * 4000
    assert stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue > 0.001


def test_likeliest_share_is_the_smallest_set_that_reaches_it() -> None:
    probabilities = torch.tensor([0.5, 0.3, 0.15, 0.05])
    counts = draw(probabilities.log().tolist(), 500, top_p=0.7)
    assert (counts > 0).tolist() == [True, True, False, False]


def test_every_step_draws_anew() -> None:
    step = draws.Draw([1], temperature=1.0, top_p=1.0)
    flat = torch.zeros(1, 50)
    ids = torch.zeros(1, 1, dtype=torch.long)
    assert len({int(step(ids, flat).argmax()) for _ in range(10)}) > 5


def test_number_of_a_draw_is_that_of_question_picture_and_seed() -> None:
    """Written down: another number is another answer."""
    assert draws.derive(ITEM, 0) == 7830378420545252344
    others = [
        draws.derive(ITEM, 1),
        draws.derive(ITEM.model_copy(update={"question": "Where?"}), 0),
        draws.derive(ITEM.model_copy(update={"sha256": "0" * 64}), 0),
    ]
    assert len({draws.derive(ITEM, 0), *others}) == 4
    assert draws.derive(ITEM.model_copy(update={"key": "b"}), 0) == draws.derive(ITEM, 0)


def test_nan_is_refused() -> None:
    with pytest.raises(CannotAnswer, match="number format fp16 is too narrow"):
        draws.Numbers("fp16")(torch.zeros(1, 1, dtype=torch.long), torch.tensor([[torch.nan]]))
