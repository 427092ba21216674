"""A teacher, captions in three languages to teach and to test, and a student of each of two
methods, all measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.benchmarks.distillation.measuring import measure
from ml.distillation.run import distill
from ml.progress import Silent
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.model.model_distill import ModelDistill
from tests import quizzes, tiny_encoders
from tests.captioned import write_dataset

LANGUAGES = ("en", "id", "th")
WORDS = ("rice", "soup", "bread", "noodles", "fish", "tea")
METHODS, SEEDS = ("fd", "ed"), (0, 1)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_clip(tmp_path_factory.mktemp("teachers") / "clip")


@pytest.fixture(scope="session")
def taught_on(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("taught"), first=0)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("tested"), first=100)


def _write(folder: Path, first: int) -> Path:
    rows = [
        {"number": first + number, "caption": f"{word} {language}", "language": language}
        for number, word in enumerate(WORDS)
        for language in LANGUAGES
    ]
    return write_dataset(folder, rows)


@pytest.fixture(scope="session")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four questions about one picture, by turns in two languages."""
    folder = tmp_path_factory.mktemp("quiz")
    about = quizzes.place_picture(folder)
    items = [
        quizzes.make_item(f"q{number}", language="en" if number % 2 else "id", **about)
        for number in range(4)
    ]
    return quizzes.write_quiz(folder, items)


Teach = Callable[..., Path]


@pytest.fixture(scope="session")
def teach(tmp_path_factory: pytest.TempPathFactory, teacher: Path, taught_on: Path) -> Teach:
    def call(*, by: Path = teacher, **settings: Any) -> Path:
        folder = tmp_path_factory.mktemp("student")
        (folder / "out").mkdir()
        (folder / "state").mkdir()
        spec = ModelDistill.model_validate(
            {"max_steps": 2, "batch_size": 4, "formulations": ["fd"]} | settings
        )
        distill(
            spec, teacher=by, dataset=taught_on, material=None, out_dir=folder / "out",
            state_dir=folder / "state", progress=Silent(),
        )  # fmt: skip
        return folder / "out" / "model"

    return call


@dataclass(frozen=True)
class Measured:
    facts: dict[str, Any]
    folder: Path

    def find(self, task: str, measure: str, language: str = "") -> float:
        (found,) = (
            each["value"]
            for each in self.facts["values"]
            if (each["task"], each["measure"], each["language"]) == (task, measure, language)
        )
        return float(found)


Look = Callable[..., Measured]


@pytest.fixture(scope="session")
def look(tmp_path_factory: pytest.TempPathFactory, dataset: Path, quiz: Path) -> Look:
    def call(model: Path, teacher: Path | None = None, **changes: Any) -> Measured:
        folder = tmp_path_factory.mktemp("measured")
        progress = changes.pop("progress", Silent())
        inputs = {"dataset": dataset, "quiz": quiz} | {
            name: changes.pop(name) for name in ("dataset", "quiz") if name in changes
        }
        spec = DistillationMeasure.model_validate({"rounds": 1, "batch_size": 8} | changes)
        facts = measure(
            spec, model=model, teacher=teacher, **inputs, out_dir=folder / "out",
            state_dir=folder / "state", progress=progress,
        )  # fmt: skip
        return Measured(facts, folder / "out")

    return call


@pytest.fixture(scope="session")
def student(teach: Teach) -> Path:
    return teach()


@pytest.fixture(scope="session")
def of_student(look: Look, student: Path, teacher: Path) -> Measured:
    return look(student, teacher)


@pytest.fixture(scope="session")
def of_teacher(look: Look, teacher: Path) -> Measured:
    return look(teacher)


@pytest.fixture(scope="session")
def grid(look: Look, teach: Teach, teacher: Path) -> list[Path]:
    """Measured students of both methods with both seeds."""
    return [
        look(teach(formulations=[method], seed=seed), teacher).folder
        for method in METHODS
        for seed in SEEDS
    ]
