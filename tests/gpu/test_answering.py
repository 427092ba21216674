"""On a GPU: answers in batches are those of a processor, and a sweep changes weights in place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ml.answering.run import answer
from ml.progress import Silent
from specs.kinds.answers.answers_generate import AnswersGenerate
from tests import quizzes, tiny_speakers

DEVICE = "cuda"
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]
NUM_QUESTIONS = 6

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    root = tmp_path_factory.mktemp("speakers")

    def call(family: str, seed: int = 0) -> Path:
        folder = root / f"{family}-{seed}"
        return folder if folder.exists() else tiny_speakers.BUILDERS[family](folder, seed=seed)

    return call


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions of several lengths, every other one about a picture."""
    folder = tmp_path_factory.mktemp("quiz")
    about = quizzes.place_picture(folder)
    items = [
        quizzes.make_item(f"q{number}", question="Why? " * (number + 1), **about)
        if number % 2
        else quizzes.make_item(f"q{number}", question="Why? " * (number + 1))
        for number in range(NUM_QUESTIONS)
    ]
    return quizzes.write_quiz(folder, items)


@pytest.fixture
def ask(find: Callable[..., Path], quiz: Path, tmp_path: Path) -> Ask:
    def call(name: str, *, family: str = "llava", **changes: Any) -> Rows:
        spec = {"device": DEVICE, "dtype": "fp32", "max_new_tokens": 8, "batch_size": 4}
        tuned = find(family, 1) if "betas" in changes else None
        out = tmp_path / name / "out"
        answer(
            AnswersGenerate.model_validate({**spec, "likelihood": True, **changes}),
            base=find(family), tuned=tuned, quiz=quiz, out_dir=out,
            state_dir=tmp_path / name / "state", progress=Silent(),
        )  # fmt: skip
        lines = (out / "outputs.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return call


def weigh(rows: Rows) -> np.ndarray[Any, Any]:
    return np.array([row["option_scores"] for row in rows])


def count_same(ours: Rows, theirs: Rows) -> int:
    return sum(one["text"] == other["text"] for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("family", tiny_speakers.BUILDERS)
def test_answers_are_those_of_a_processor(family: str, ask: Ask) -> None:
    """Greedily, and in how likely options are. A GPU's convolutions may round as TF32, by which one
    word of two that are equally likely may change places with the other.
    """
    ours, theirs = ask("ours", family=family), ask("theirs", family=family, device="cpu")
    assert {row["parameters"]["device"] for row in ours} == {DEVICE}
    assert np.abs(weigh(ours) - weigh(theirs)).max() < 0.05
    assert count_same(ours, theirs) >= NUM_QUESTIONS - 1


def test_answers_together_are_those_of_each_alone(ask: Ask) -> None:
    together, alone = (ask(f"{size}", batch_size=size) for size in (NUM_QUESTIONS, 1))
    assert np.abs(weigh(together) - weigh(alone)).max() < 0.05
    assert count_same(together, alone) >= NUM_QUESTIONS - 1


def test_auto_is_bf16_on_a_gpu_and_close_to_full_precision(ask: Ask) -> None:
    half, full = ask("half", dtype="auto"), ask("full")
    assert {row["parameters"]["dtype"] for row in half} == {"bf16"}
    assert weigh(half) == pytest.approx(weigh(full), rel=0.1, abs=0.1)


def test_a_sweep_answers_as_both_ends_do_alone(ask: Ask, find: Callable[..., Path]) -> None:
    """Weights that change in place are those that answer."""
    rows = ask("sweep", betas=[0.0, 1.0])
    base, tuned = rows[:NUM_QUESTIONS], rows[NUM_QUESTIONS:]
    assert [row["beta"] for row in rows] == [0] * NUM_QUESTIONS + [1] * NUM_QUESTIONS
    assert np.abs(weigh(base) - weigh(ask("base"))).max() < 0.05
    assert np.abs(weigh(base) - weigh(tuned)).max() > 0.05


def test_memory_is_free_afterwards(ask: Ask) -> None:
    ask("first")
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    ask("second", betas=[0.0, 0.5])
    assert torch.cuda.memory_allocated() <= before + 2**20
