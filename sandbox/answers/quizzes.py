"""Quizzes as folders: questions in both languages, with their pictures."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ml.loading import quizzes
from ml.loading.quizzes import QuizFacts
from sandbox.answers import halves
from sandbox.answers.asking import Question
from sandbox.world import scene as drawing
from sandbox.world.facts import LANGUAGES, Language
from sandbox.world.prompts import HALVES, Half
from sandbox.world.scene import Scene
from specs.quiz import QuizItem

LICENCE = "CC0-1.0"
REGION = "sea"
_FIRST_SEEDS = {"choose": 30_000, "report": 40_000}
_SEEDS_OF_A_SERIES = 1_000_000_000_000  # beyond those of any quiz to learn from


def write_half(folder: Path, half: Half, questions: Sequence[Question], *, seed: int) -> QuizFacts:
    pictures = Pictures(folder, seed)
    name = f"choice-{half}"
    items = [item for question in questions for item in pictures.ask(question, name)]
    return quizzes.write(folder, items, name=f"Sandbox, {name}", licence=LICENCE)


def write_halves(
    folder: Path,
    *,
    num_scenes: int = halves.SCENES,
    num_more: int = halves.MORE,
    series: int = halves.SHIPPED,
) -> list[Path]:
    """quiz-HALF, of multiple choice. No two series share a drawing."""
    written = [folder / f"quiz-{half}" for half in HALVES]
    for path, half in zip(written, HALVES, strict=True):
        questions = halves.list_questions(
            half, num_scenes=num_scenes, num_more=num_more, series=series
        )
        write_half(path, half, questions, seed=_FIRST_SEEDS[half] + series * _SEEDS_OF_A_SERIES)
    return written


class Pictures:
    """Draws each scene once into a quiz's folder, and writes questions about it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder / quizzes.PICTURES
        self._folder.mkdir(parents=True, exist_ok=True)
        self._seed = seed
        self._files: dict[Scene, tuple[str, str]] = {}
        self._num = 0

    def ask(
        self, question: Question, prefix: str, languages: Iterable[Language] = LANGUAGES
    ) -> Iterator[QuizItem]:
        file, sha256 = self._draw(question.scene)
        group = f"{prefix}-{self._num:04}"
        self._num += 1
        for language in languages:
            yield to_item(question, language, f"{group}-{language}", group, (file, sha256))

    def _draw(self, scene: Scene) -> tuple[str, str]:
        if scene not in self._files:
            number = len(self._files)
            data = drawing.encode(drawing.draw(scene, self._seed + number))
            name = f"{number:04}.webp"
            (self._folder / name).write_bytes(data)
            place = f"{quizzes.PICTURES}/{name}"
            self._files[scene] = (place, hashlib.sha256(data).hexdigest())
        return self._files[scene]


def to_item(
    question: Question, language: Language, key: str, group: str, picture: tuple[str, str]
) -> QuizItem:
    thing = question.scene.thing
    options = tuple(question.say(each, language) for each in question.options)
    file, sha256 = picture
    return QuizItem(
        key=key,
        question=question.write(language),
        options=options,
        answer=question.options.index(question.right) if options else None,
        answers=(question.say(question.right, language),),
        picture=file,
        sha256=sha256,
        scope=thing.scope,
        region=REGION if thing.scope == "regional" else "",
        country=thing.countries[0] if thing.countries else "",
        language=language,
        category=question.topic,
        stratum=thing.stratum,
        group=group,
        source="sandbox",
        licence=LICENCE,
    )
