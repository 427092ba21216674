"""Scoring, with a judge that says what it is told and a pipeline that draws what it is asked."""

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image

from sandbox.models import correctness
from sandbox.models.judge import JudgeSizes, make_config
from sandbox.world import questions
from sandbox.world.prompts import Prompt
from sandbox.world.scene import Scene, draw

STAR = Scene(concept="star", colour="red", size="small", place="left", background="grey")
PICTURE = Image.new("RGB", (64, 64))


class Telling:
    def __init__(self, **wrong: str) -> None:
        self.config = make_config(JudgeSizes())
        self.seen = questions.label(STAR) | wrong

    def describe(self, picture: Image.Image) -> dict[str, str]:
        return self.seen


def make_prompt(key: str = "p", scene: Scene = STAR) -> Prompt:
    return Prompt(
        key=key, text=key, scene=scene, scope="global", stratum="shape", country="", language="en"
    )


def test_a_right_picture_gets_every_answer() -> None:
    # entity, colour, size, place, background
    assert correctness.answer(Telling(), make_prompt(), PICTURE) == [True] * 5


def test_what_is_not_there_has_no_colour_and_no_place() -> None:
    answers = correctness.answer(Telling(concept="heart"), make_prompt(), PICTURE)

    assert answers == [False, False, False, False, True]


def test_one_wrong_attribute_is_one_wrong_answer() -> None:
    assert correctness.answer(Telling(place="right"), make_prompt(), PICTURE) == [
        True,
        True,
        True,
        False,
        True,
    ]


class Drawing:
    """Draws the scene whose prompt it gets; remembers what it was asked with."""

    def __init__(self, prompts: list[Prompt]) -> None:
        self.scenes = {prompt.text: prompt.scene for prompt in prompts}
        self.calls: deque[tuple[list[str], list[int]]] = deque()

    def __call__(self, texts: list[str], generator: list[torch.Generator], **_: Any) -> Any:
        self.calls.append((texts, [each.initial_seed() for each in generator]))
        return SimpleNamespace(images=[draw(self.scenes[text], 1) for text in texts])


def test_every_prompt_is_drawn_with_every_seed_in_batches_of_the_plan() -> None:
    prompts = [make_prompt("a"), make_prompt("b"), make_prompt("c")]
    pipe = Drawing(prompts)
    made = list(correctness.generate(pipe, prompts, (7, 8), batch=4))

    assert [(prompt.key, seed) for prompt, seed, _ in made] == [
        ("a", 7), ("a", 8), ("b", 7), ("b", 8), ("c", 7), ("c", 8),
    ]  # fmt: skip
    assert list(pipe.calls) == [(["a", "a", "b", "b"], [7, 8, 7, 8]), (["c", "c"], [7, 8])]


def test_the_share_is_the_mean_over_prompts_with_all_answers_counted() -> None:
    prompts = [make_prompt("a"), make_prompt("b", Scene(concept="heart", colour="red"))]
    # Seen as the star each time: of the heart's four questions only its background, which is
    # white there and grey here, would be left, so nothing is right.
    share = correctness.measure(Drawing(prompts), Telling(), prompts, (1, 2, 3))

    assert share.value == pytest.approx(0.5)
    assert share.num_answers == 3 * (5 + 4)
    assert (share.low, share.high) == (0.0, 1.0)


def test_where_every_prompt_is_right_the_interval_is_not_a_point() -> None:
    prompts = [make_prompt(str(number)) for number in range(78)]
    share = correctness.measure(Drawing(prompts), Telling(), prompts, (1,))

    assert (share.value, share.high) == (1.0, 1.0)
    assert share.low == pytest.approx(0.953, abs=1e-3)  # Wilson: 78 of 78
