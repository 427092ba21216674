"""What a model was taught, as fingerprints beside its weights: who asks it the same again is told.
No words and no pictures are in them.

A question is the same where its words and its picture are; a picture is the same whatever is asked
about it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml import files
from ml.datasets.problems import shown
from ml.loading.problems import UnfitQuiz
from specs.quiz import QuizItem

FILE = "learnt.json"
_WHO = {"base": "base", "tuned": "regional model"}
_LENGTH = 16  # of a fingerprint, 64 bits: two quizzes of 100,000 share one by chance once in 10^9


@dataclass(frozen=True)
class Learnt:
    questions: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.questions or self.pictures)

    def __or__(self, other: "Learnt") -> "Learnt":
        return Learnt(self.questions | other.questions, self.pictures | other.pictures)


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Of the questions that are asked: how many were taught, and how many are about a picture that
    was learnt with another question or a caption.
    """

    num_questions: int
    num_pictures: int
    num_asked: int

    def __bool__(self) -> bool:
        return bool(self.num_questions or self.num_pictures)


def gather(items: Iterable[QuizItem], pictures: Iterable[str] = ()) -> Learnt:
    """`pictures`: SHA-256 of others that are learnt."""
    asked = list(items)
    digests = {*pictures, *(item.sha256 for item in asked if item.sha256)}
    return Learnt(
        frozenset(map(_hash_question, asked)), frozenset(each[:_LENGTH] for each in digests)
    )


def write(folder: Path, learnt: Learnt) -> None:
    files.write_json(
        folder / FILE,
        {"questions": sorted(learnt.questions), "pictures": sorted(learnt.pictures)},
    )


def read(model: Path) -> Learnt:
    """Nothing of a model that does not say, or is a single file."""
    path = model / FILE
    if not path.is_file():
        return Learnt()
    try:
        told = json.loads(path.read_text("utf-8"))
        return Learnt(frozenset(map(str, told["questions"])), frozenset(map(str, told["pictures"])))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnfitQuiz(
            f"{FILE} of '{shown(model.name)}' does not tell what the model was taught."
        ) from error


def compare(learnt: Learnt, asked: Sequence[QuizItem]) -> Overlap:
    taught = [item for item in asked if _hash_question(item) in learnt.questions]
    seen = [item for item in asked if item.sha256[:_LENGTH] in learnt.pictures]
    seen_alone = {item.key for item in seen} - {item.key for item in taught}
    return Overlap(num_questions=len(taught), num_pictures=len(seen_alone), num_asked=len(asked))


def describe(overlaps: Mapping[str, Overlap]) -> list[str]:
    """A sentence for each model, by its name in a sweep."""
    return [
        f"The {_WHO[name]} was taught {each.num_questions:,} of these {each.num_asked:,} "
        f"questions, and other things about the pictures of {each.num_pictures:,} more: what is "
        "right there tells what it remembers, not what it can."
        for name, each in overlaps.items()
    ]


def _hash_question(item: QuizItem) -> str:
    words = " ".join(item.question.split()).casefold()
    return hashlib.sha256(f"{item.sha256}\n{words}".encode()).hexdigest()[:_LENGTH]
