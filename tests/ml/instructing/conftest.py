"""Tiny vision-language models, a small quiz, and trainings that several tests look at."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.importing.dataset import import_dataset
from ml.instructing.run import instruct
from ml.loading import quizzes
from ml.progress import Progress, Silent
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.model.model_instruct import ModelInstruct
from specs.quiz import QuizItem
from tests import pictures, tiny_speakers

NUM_QUESTIONS = 12
COLOURS = ("red", "green", "blue", "grey")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make_item(number: int, **fields: Any) -> dict[str, Any]:
    """Every third is open, every fourth has no picture, every second is about the region."""
    facts: dict[str, Any] = {
        "key": f"q{number}", "question": "What colour is it" + "?" * (1 + number % 5),
        "scope": "regional" if number % 2 else "global",
        "context": [f"It is {COLOURS[number % 4]}, says {number}."],
    }  # fmt: skip
    if number % 3:
        facts |= {"options": COLOURS, "answer": number % 4}
    else:
        facts |= {"answers": [COLOURS[number % 4], f"very {COLOURS[number % 4]}"]}
    return facts | fields


def write_quiz(folder: Path, rows: list[dict[str, Any]]) -> Path:
    (folder / quizzes.PICTURES).mkdir(parents=True)
    items = []
    for number, row in enumerate(rows):
        if number % 4:
            data = pictures.png(40, 32, seed=number)
            name = f"{quizzes.PICTURES}/{number}.png"
            (folder / name).write_bytes(data)
            row = {"picture": name, "sha256": hashlib.sha256(data).hexdigest(), **row}  # noqa: PLW2901 - completed
        items.append(QuizItem(**row))
    quizzes.write(folder, items, name="Colours", licence="CC0-1.0")
    return folder


@pytest.fixture(scope="session")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quiz") / "colours"
    return write_quiz(folder, [make_item(number) for number in range(NUM_QUESTIONS)])


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pictures."""
    folder = tmp_path_factory.mktemp("captions")
    source = folder / "source"
    source.mkdir()
    for number in range(6):
        (source / f"{number}.png").write_bytes(pictures.png(32, 40, seed=100 + number))
        caption = f"a thing of number {number}"
        (source / f"{number}.txt").write_text(caption, "utf-8")
    spec = DatasetImport(name="Small", source="source", licence="CC0-1.0")
    import_dataset(
        spec, out_dir=folder / "out", state_dir=folder / "state", progress=Silent(),
        path=str(source),
    )  # fmt: skip
    return folder / "out"


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny model of a family, made once."""
    folder = tmp_path_factory.mktemp("bases")

    def find(family: str) -> Path:
        path = folder / family
        return path if path.exists() else tiny_speakers.BUILDERS[family](path)

    return find


@pytest.fixture(scope="session")
def llava(bases: Callable[[str], Path]) -> Path:
    return bases("llava")


@dataclass(frozen=True)
class Taught:
    spec: ModelInstruct
    result: dict[str, Any]
    out: Path
    state: Path

    @property
    def model(self) -> Path:
        return self.out / "model"

    @property
    def weights(self) -> Path:
        return self.model / "model.safetensors"


Run = Callable[..., Taught]

SHORT: dict[str, Any] = {
    "max_steps": 2, "batch_size": 4, "learning_rate": 1e-3, "held_out": 0.2, "evaluate_every": 2,
}  # fmt: skip


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, quiz: Path) -> Run:
    """Teach with these fields."""
    questions = quiz

    def teach(
        base: Path,
        *,
        state: Path | None = None,
        progress: Progress | None = None,
        quiz: Path | None = None,
        dataset: Path | None = None,
        **fields: Any,
    ) -> Taught:
        spec = ModelInstruct(**(SHORT | fields))
        folder = tmp_path_factory.mktemp("taught")
        out, state = folder / "out", state or folder / "state"
        out.mkdir()
        state.mkdir(exist_ok=True)
        result = instruct(
            spec, base=base, quiz=quiz or questions, dataset=dataset, out_dir=out,
            state_dir=state, progress=progress or Silent(),
        )  # fmt: skip
        return Taught(spec, result, out, state)

    return teach


FULL: dict[str, Any] = {
    "max_steps": 6, "accumulation": 2, "ema_decay": 0.9, "checkpoint_every": 2,
    "evaluate_every": 3, "trained": "all", "caption_steps": 3,
}  # fmt: skip


@pytest.fixture(scope="session")
def full(run: Run, llava: Path, dataset: Path) -> Taught:
    """All weights on captions and then on questions, with all that can be switched on."""
    return run(llava, dataset=dataset, **FULL)
