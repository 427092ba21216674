"""What was retrieved for each question: JSONL, a row per question, the best passage first."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.answering.problems import CannotAnswer
from ml.datasets import lines
from ml.datasets.problems import shown
from specs.quiz import QuizItem

Passages = Sequence[Mapping[str, Any]]


class _Passage(BaseModel):
    """What is needed of it. All that retrieval writes is kept and stands with the answer."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    text: str


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    passages: tuple[_Passage, ...]


def read(path: Path, items: Sequence[QuizItem], num_passages: int) -> dict[str, Passages]:
    """The best ones of every question. A question that the file does not name is refused: it was
    made for another quiz, and asking it alone would look like an answer with passages.
    """
    found = dict(_read_rows(path))
    missing = next((item.key for item in items if item.key not in found), None)
    if missing is not None:
        raise CannotAnswer(
            f"'{shown(path.name)}' says nothing of the question '{shown(missing)}'; passages are "
            "retrieved for every question of the same quiz."
        )
    return {item.key: found[item.key][:num_passages] for item in items}


def _read_rows(path: Path) -> Iterator[tuple[str, Passages]]:
    seen: dict[str, int] = {}
    for number, facts in _read_lines(path):
        where = f"Line {number:,} of '{shown(path.name)}'"
        try:
            row = _Row.model_validate(facts)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "row"
            raise CannotAnswer(
                f"{where} holds no passages: '{shown(field)}' cannot be so: {first['msg']}."
            ) from error
        if row.key in seen:
            raise CannotAnswer(
                f"{where} is about the question '{shown(row.key)}', which line {seen[row.key]:,} "
                "is about already."
            )
        seen[row.key] = number
        yield row.key, [passage.model_dump(mode="json") for passage in row.passages]


def _read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    name = f"'{shown(path.name)}'"
    if path.is_dir():
        raise CannotAnswer(f"{name} is a folder; passages are one file.")
    if not path.exists():
        raise CannotAnswer(f"There is no file {name} with passages.")
    return lines.read(path, name, CannotAnswer)
