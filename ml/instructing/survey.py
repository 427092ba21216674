"""Looks at every question once before anything is learnt: its picture is there and is the right
one, and it is not too long. A look that was stopped goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.datasets.problems import shown
from ml.instructing.choosing import Chosen
from ml.instructing.lessons import QuizLessons, find_limit
from ml.loading.quizzes import Quiz
from ml.loading.speaking.speaker import Speaker
from ml.progress import Progress, word
from ml.training.data import store
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_instruct import ModelInstruct
from specs.quiz import QuizItem

_SAVE_EVERY = 64


@dataclass(frozen=True)
class Surveyed:
    """Questions that are not too long, with their lengths in tokens."""

    learnt: tuple[QuizItem, ...]
    lengths: tuple[int, ...]
    held_out: tuple[QuizItem, ...]
    too_long: tuple[str, ...]  # keys


def look(
    spec: ModelInstruct,
    speaker: Speaker,
    quiz: Quiz,
    chosen: Chosen,
    folder: Path,
    progress: Progress,
) -> None:
    items = (*chosen.learnt, *chosen.held_out)
    lessons = QuizLessons(spec, speaker, quiz, items)
    with store.locked(folder, progress):
        if store.read_mark(folder)["is_done"]:
            return
        writer = store.Writer(folder)
        try:
            for number in range(writer.position, len(items)):
                length = len(lessons.encode(lessons.plan_longest(number)))
                writer.append("lengths", np.asarray([length], np.int64))
                if (number + 1) % _SAVE_EVERY == 0:
                    writer.save(number + 1)
                    progress.check()
                    progress.update(
                        number + 1, len(items), unit=word("questions"),
                        message=word("Reading questions"),
                    )  # fmt: skip
            writer.save(len(items), is_done=True)
        finally:
            writer.close()


def read(spec: ModelInstruct, speaker: Speaker, chosen: Chosen, folder: Path) -> Surveyed:
    lengths = store.open_arrays(folder)["lengths"].tolist()
    longest = find_limit(spec, speaker)
    learnt = _keep(chosen.learnt, lengths, longest)
    held_out = _keep(chosen.held_out, lengths[len(chosen.learnt) :], longest)
    if not learnt:
        raise UnfitForTraining(
            f"Every question is longer than {longest:,} tokens, the shortest has {min(lengths):,}; "
            f"'{shown(speaker.folder.name)}' takes {speaker.longest:,}."
        )
    too_long = [
        item.key for item, length in zip((*chosen.learnt, *chosen.held_out), lengths, strict=True)
        if length > longest
    ]  # fmt: skip
    return Surveyed(
        learnt=tuple(item for item, _ in learnt),
        lengths=tuple(length for _, length in learnt),
        held_out=tuple(item for item, _ in held_out),
        too_long=tuple(too_long),
    )


def _keep(
    items: Sequence[QuizItem], lengths: Sequence[int], longest: int
) -> list[tuple[QuizItem, int]]:
    pairs = zip(items, lengths, strict=False)
    return [(item, length) for item, length in pairs if length <= longest]
