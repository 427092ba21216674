"""What is asked about: the pictures of a data set or of a quiz, each known by its digest."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets import contents, pictures
from ml.datasets.languages import drop_variety, spell
from ml.datasets.pictures import LIMITS
from ml.datasets.problems import UnfitItem, shown
from ml.loading import quizzes
from ml.loading.quizzes import Quiz
from specs.quiz import SCOPES, QuizItem

Opener = Callable[[], Image.Image]
_COLUMNS = ("key", "caption", "language", "country", "sha256", "metadata")


class Source(Protocol):
    @property
    def facts(self) -> Mapping[str, Any]:
        """What it is, by kind: name and digest."""

    def open_pictures(self, wanted: Collection[str]) -> Iterator[tuple[str, Opener]]:
        """Those of these digests, each once, always in the same order. Nothing is decoded until it
        is opened.
        """


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of a data set, without its picture."""

    key: str
    caption: str
    language: str
    country: str
    sha256: str
    rest: Mapping[str, Any]  # the other columns, and what the source said besides

    def find_scope(self, chosen: str) -> str:
        if chosen != "auto":
            return chosen
        scope = self.rest.get("scope")
        if scope not in SCOPES:
            raise BenchmarkImpossible(
                f"The item '{shown(self.key)}' does not say its scope (global or regional): name "
                "the scope of the data set."
            )
        return str(scope)

    def read_text(self, column: str) -> str:
        """Of a column, whatever its type: 0 and False say something, nothing is empty."""
        said = {**self.rest, "language": self.language, "country": self.country}.get(column)
        return "" if said is None else str(said).strip()

    def list_labels(self) -> tuple[str, ...]:
        """As those of questions are."""
        values = {
            "country": self.country,
            "language": drop_variety(self.language),
            "prompt_language": spell(self.language),
            "category": self.read_text("category"),
        }
        return tuple(f"{name}:{value}" for name, value in values.items() if value)


class DatasetSource:
    def __init__(self, folder: Path) -> None:
        told = contents.read_facts(folder)
        self.folder = folder
        self.facts = {
            "dataset": {"name": told.get("name", folder.name), "digest": told.get("digest", "")}
        }
        self.entries = tuple(self._read())

    def _read(self) -> Iterator[Entry]:
        contents.check_columns(self.folder, _COLUMNS)
        columns = [
            name for name in contents.list_columns(self.folder) if name != contents.PICTURE_COLUMN
        ]
        for row in contents.iterate(self.folder, columns=columns):
            known = {name: row.pop(name) or "" for name in _COLUMNS}
            said = json.loads(known.pop("metadata") or "{}")
            yield Entry(**known, rest={**said, **row})

    def open_pictures(self, wanted: Collection[str]) -> Iterator[tuple[str, Opener]]:
        left = set(wanted)
        columns = ("sha256", contents.PICTURE_COLUMN)
        for row in contents.iterate(self.folder, columns=columns):
            if row["sha256"] in left:
                left.remove(row["sha256"])
                yield row["sha256"], _Opening(row["sha256"], row[contents.PICTURE_COLUMN]["bytes"])


@dataclass(frozen=True)
class _Opening:
    sha256: str
    data: bytes

    def __call__(self) -> Image.Image:
        if hashlib.sha256(self.data).hexdigest() != self.sha256:
            raise BenchmarkImpossible(
                f"The picture with the digest {self.sha256[:16]} is not the one that was taken "
                "in: its digest is another now."
            )
        try:
            with pictures.pillow_settings():
                return pictures.open_upright(self.data, LIMITS)
        except UnfitItem as unfit:
            raise BenchmarkImpossible(
                f"The picture with the digest {self.sha256[:16]} cannot be used. {unfit}"
            ) from unfit


class QuizSource:
    def __init__(self, folder: Path) -> None:
        self.quiz: Quiz = quizzes.read(folder)
        told = self.quiz.facts
        self.facts = {"quiz": {"name": told.name, "digest": told.digest}}

    @property
    def choices(self) -> list[QuizItem]:
        """Questions with options about a picture: what similarity can answer."""
        found = [item for item in self.quiz.items if item.is_choice and item.picture]
        if not found:
            raise BenchmarkImpossible(
                f"'{shown(self.quiz.facts.name)}' has no question with options about a picture, "
                "which is what similarity can answer."
            )
        return found

    def open_pictures(self, wanted: Collection[str]) -> Iterator[tuple[str, Opener]]:
        left = set(wanted)
        for item in self.quiz.items:
            if item.sha256 in left:
                left.remove(item.sha256)
                yield item.sha256, self._make_opener(item)

    def _make_opener(self, item: QuizItem) -> Opener:
        def open_picture() -> Image.Image:
            picture = self.quiz.open_picture(item)
            assert picture is not None, "Only questions with a picture have a digest."
            return picture

        return open_picture
