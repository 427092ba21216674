"""Small quizzes for tests, written as the product writes them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ml.loading import quizzes
from specs.quiz import QuizItem
from tests.pictures import jpeg


def make_item(key: str = "bread-1", **overrides: object) -> QuizItem:
    """A choice of three whose second option is right, unless told otherwise."""
    given: dict[str, object] = {"key": key, "question": f"What is on plate {key}?"}
    if "answers" not in overrides and "options" not in overrides:
        given |= {"options": ["bread", "rice", "soup"], "answer": 1}
    return QuizItem.model_validate(given | overrides)


def place_picture(folder: Path, name: str = "plate.jpg") -> dict[str, str]:
    """Into the folder of a quiz; what the item says of it."""
    path = folder / quizzes.PICTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg())
    return {
        "picture": f"{quizzes.PICTURES}/{name}",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def write_quiz(folder: Path, items: Sequence[QuizItem]) -> Path:
    quizzes.write(folder, items, name="Plates", licence="CC0-1.0")
    return folder
