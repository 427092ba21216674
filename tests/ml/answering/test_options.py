"""How likely an option is: the mean over its tokens, whatever is beside it in a batch."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ml.answering import options
from ml.loading.families import registry
from ml.loading.speaking.turns import Turn
from tests import tiny_speakers

from .conftest import CPU, Make

OPTIONS = ("Rendang", "Pho", "a long name of a dish")


@pytest.mark.parametrize("name", tiny_speakers.BUILDERS)
def test_score_is_the_mean_log_probability_of_the_options_tokens(
    folders: Callable[[str], Path], name: str
) -> None:
    speaker = registry.load(folders(name), CPU)
    turns = [Turn(text="Which?"), Turn(text="Which of these dishes is it?")]
    asked = [(speaker.encode_turn(turn), OPTIONS) for turn in turns]
    scores = options.weigh(speaker, asked, CPU, batch_size=4)
    for (openly, _), row in zip(asked, scores, strict=True):
        for option, score in zip(OPTIONS, row, strict=True):
            assert score == pytest.approx(weigh_by_hand(speaker, openly, option), abs=1e-4)


@torch.inference_mode()
def weigh_by_hand(speaker: registry.Speaker, openly: options.Encoded, option: str) -> float:
    """Token by token, from the whole text alone."""
    lesson = speaker.teach(openly, option)
    logits = speaker.model(**speaker.collate([lesson])).logits[0].log_softmax(-1)
    tokens = speaker.encode_answer(option)
    start = len(openly)
    found = [float(logits[start + n - 1, token]) for n, token in enumerate(tokens)]
    return sum(found) / len(found)


def test_options_of_open_questions_are_none(make: Make) -> None:
    scores = {row["prompt_key"]: row["option_scores"] for row in make(likelihood=True).rows}
    assert {key: row and len(row) for key, row in scores.items()} == {
        "dish/1": 3, "open": None, "dish/2": 2, "colour": None,
    }  # fmt: skip


def test_options_are_weighed_only_when_it_is_asked_for(make: Make) -> None:
    assert {row["option_scores"] for row in make().rows} == {None}
