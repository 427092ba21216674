"""Tiny encoders, a data set with captions in two languages, a quiz; and measuring."""

import csv
import hashlib
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from ml.benchmarks.embeddings.run import score_embeddings
from ml.loading import quizzes
from ml.progress import Progress, Silent
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.quiz import QuizItem
from tests import pictures, tiny_encoders
from tests.captioned import write_dataset

NUM_PICTURES = 6
WORDS = ("rice", "soup", "bread", "noodles", "fish", "tea")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_clip(tmp_path_factory.mktemp("encoders") / "clip")


@pytest.fixture(scope="session")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_clip(tmp_path_factory.mktemp("encoders") / "tuned", seed=1)


def mix(base: Path, tuned: Path, beta: float, target: Path) -> Path:
    """The merge that would be written."""
    target.mkdir()
    for file in base.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    left, right = (load_file(folder / "model.safetensors") for folder in (base, tuned))
    mixed = {name: torch.lerp(left[name], right[name], beta) for name in left}
    save_file(mixed, target / "model.safetensors", {"format": "pt"})
    return target


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pictures, each with a caption in two languages."""
    rows = [
        {
            "number": number,
            "caption": f"{language} {WORDS[number]}",
            "language": language,
            "scope": "regional" if number % 2 else "global",
            "category": "drink" if WORDS[number] == "tea" else "food",
        }
        for language in ("id", "th")
        for number in range(NUM_PICTURES)
    ]
    return write_dataset(tmp_path_factory.mktemp("plates"), rows)


@pytest.fixture(scope="session")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six questions with three options each, one without a picture."""
    folder = tmp_path_factory.mktemp("quiz")
    (folder / quizzes.PICTURES).mkdir()
    items = []
    for number in range(NUM_PICTURES):
        data = pictures.png(seed=number)
        name = f"{quizzes.PICTURES}/{number}.png"
        (folder / name).write_bytes(data)
        items.append(
            QuizItem.model_validate(
                {
                    "key": f"q{number}",
                    "question": "What is it?",
                    "options": ["rice", "soup", "tea"],
                    "answer": number % 3,
                    "picture": name,
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "scope": "regional",
                    "language": "id" if number % 2 else "th",
                }
            )
        )
    alone = {"key": "q9", "question": "Is it?", "options": ["yes", "no"], "answer": 0}
    items.append(QuizItem.model_validate(alone))
    quizzes.write(folder, items, name="Plates", licence="CC0-1.0")
    return folder


@pytest.fixture(scope="session")
def tied_quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three questions about one picture, each of its own group; two of one group, about two."""
    folder = tmp_path_factory.mktemp("tied")
    (folder / quizzes.PICTURES).mkdir()
    items = []
    for number, (picture, group) in enumerate(((0, "a"), (0, "b"), (0, "c"), (1, "d"), (2, "d"))):
        data = pictures.png(seed=picture)
        name = f"{quizzes.PICTURES}/{picture}.png"
        (folder / name).write_bytes(data)
        items.append(
            QuizItem.model_validate(
                {
                    "key": f"q{number}",
                    "question": f"What is number {number}?",
                    "options": ["rice", "soup", "tea"],
                    "answer": number % 3,
                    "picture": name,
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "group": group,
                }
            )
        )
    quizzes.write(folder, items, name="Tied", licence="CC0-1.0")
    return folder


class Measuring:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"

    def score(
        self,
        name: str = "scores",
        *,
        progress: Progress | None = None,
        base: Path,
        tuned: Path | None = None,
        dataset: Path | None = None,
        quiz: Path | None = None,
        **given: Any,
    ) -> dict[str, Any]:
        self.out = self.folder / name
        return score_embeddings(
            EmbeddingsScore.model_validate({"batch_size": 4, "device": "cpu"} | given),
            base=base,
            tuned=tuned,
            dataset=dataset,
            quiz=quiz,
            out_dir=self.out,
            state_dir=self.state,
            progress=progress or Silent(),
        )

    def read(self, name: str) -> list[dict[str, str]]:
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def measuring(tmp_path: Path) -> Measuring:
    return Measuring(tmp_path / "measuring")
