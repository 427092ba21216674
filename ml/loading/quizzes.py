"""A quiz: a folder with quiz.json, questions.jsonl and pictures/. Read whole or refused: every
mistake is told with its line, pictures are opened inside the folder only, and within limits.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import ValidationError

from ml import files
from ml.datasets import confinement, lines, pictures
from ml.datasets.pictures import LIMITS, Limits
from ml.datasets.problems import UnfitItem, shown
from ml.loading.problems import UnfitQuiz
from specs import quiz
from specs.quiz import QuizItem

FACTS = "quiz.json"
TABLE = "questions.jsonl"
PICTURES = "pictures"

_COUNTED = ("scope", "region", "country", "language", "category", "stratum", "split", "licence")


@dataclass(frozen=True, kw_only=True)
class QuizFacts:
    name: str
    digest: str
    licence: str
    num_questions: int
    counts: dict[str, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Quiz:
    folder: Path
    facts: QuizFacts
    items: tuple[QuizItem, ...]

    def find(self, key: str) -> QuizItem | None:
        return next((item for item in self.items if item.key == key), None)

    def open_picture(self, item: QuizItem) -> Image.Image | None:
        """Upright and RGB; None where the question is asked without a picture."""
        return open_picture(self.folder, item)


def open_picture(folder: Path, item: QuizItem, limits: Limits = LIMITS) -> Image.Image | None:
    if not item.picture:
        return None
    try:
        data = pictures.read_file(confinement.resolve(folder.resolve(), item.picture), limits)
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise UnfitQuiz(
                f"The picture '{shown(item.picture)}' of the question '{shown(item.key)}' is not "
                f"the one that {TABLE} names: its digest is another."
            )
        with pictures.pillow_settings():
            return pictures.open_upright(data, limits)
    except UnfitItem as unfit:
        raise UnfitQuiz(
            f"The picture '{shown(item.picture)}' of the question '{shown(item.key)}' cannot be "
            f"used. {unfit}"
        ) from unfit


def read(folder: Path) -> Quiz:
    """At least one question, with keys that are all different, in the order of the file."""
    name = shown(folder.name)
    facts = _read_facts(folder / FACTS, name)
    items = tuple(_read_items(folder / TABLE, name))
    if not items:
        raise UnfitQuiz(f"'{name}' holds no questions.")
    if quiz.digest(items) != facts.digest:
        raise UnfitQuiz(
            f"'{name}' was changed after it was made: the digest of its questions is another than "
            f"{FACTS} says."
        )
    return Quiz(folder=folder, facts=facts, items=items)


def write(folder: Path, items: Sequence[QuizItem], *, name: str, licence: str) -> QuizFacts:
    """Pictures are placed by whoever has them: they lie below `folder` as the items say. quiz.json
    comes last: who finds it finds all of the quiz.
    """
    _check_unique(items)
    folder.mkdir(parents=True, exist_ok=True)
    facts = QuizFacts(
        name=name,
        digest=quiz.digest(items),
        licence=licence,
        num_questions=len(items),
        counts=count(items),
    )
    files.write_text(folder / TABLE, "".join(f"{item.to_line()}\n" for item in items))
    files.write_json(folder / FACTS, vars(facts))
    return facts


def count(items: Sequence[QuizItem]) -> dict[str, dict[str, int]]:
    """How many questions of each kind there are; what an item does not say is not counted."""
    found = {
        name: Counter(value for item in items if (value := getattr(item, name)))
        for name in _COUNTED
    }
    found["form"] = Counter("choice" if item.is_choice else "open" for item in items)
    return {name: dict(sorted(of_name.items())) for name, of_name in found.items() if of_name}


def _check_unique(items: Sequence[QuizItem]) -> None:
    twice = [key for key, number in Counter(item.key for item in items).items() if number > 1]
    if twice:
        raise UnfitQuiz(f"The key '{shown(twice[0])}' is of two questions.")


def _read_facts(path: Path, name: str) -> QuizFacts:
    try:
        facts = json.loads(path.read_text("utf-8"))
        return QuizFacts(**{field: facts[field] for field in QuizFacts.__dataclass_fields__})
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnfitQuiz(f"'{name}' is no quiz: there is no {FACTS} in it.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnfitQuiz(f"'{name}' is no quiz: its {FACTS} does not say what it holds.") from error


def _read_items(path: Path, name: str) -> Iterator[QuizItem]:
    first_lines: dict[str, int] = {}
    for number, facts in _read_rows(path, name):
        where = f"Line {number:,} of {TABLE} in '{name}'"
        try:
            item = QuizItem.model_validate(facts)
        except ValidationError as error:
            raise UnfitQuiz(f"{where} is no question: {describe(error)}") from error
        if item.key in first_lines:
            raise UnfitQuiz(
                f"{where} has the key '{shown(item.key)}', which line "
                f"{first_lines[item.key]:,} has already."
            )
        first_lines[item.key] = number
        yield item


def _read_rows(path: Path, name: str) -> Iterator[tuple[int, Any]]:
    if not path.is_file():
        raise UnfitQuiz(f"'{name}' is no quiz: there is no {TABLE} in it.")
    return lines.read(path, f"{TABLE} in '{name}'", UnfitQuiz)


def describe(error: ValidationError) -> str:
    """The first thing that is wrong with a question, as a sentence."""
    first = error.errors(include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    said = shown(first["msg"].removeprefix("Value error, ")).rstrip(".")
    return f"'{shown(field)}': {said}." if field else f"{said}."
