"""One training, in one process or in several: what they are told and what each of them does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch

from ml.instructing import choosing, parts, survey
from ml.instructing.batches import Batches, Stage
from ml.instructing.captions import CaptionLessons
from ml.instructing.choosing import Chosen
from ml.instructing.evaluation import Evaluation
from ml.instructing.lessons import QuizLessons
from ml.instructing.survey import Surveyed
from ml.instructing.training import Training
from ml.loading import quizzes
from ml.loading.quizzes import Quiz
from ml.loading.speaking.speaker import Speaker
from ml.progress import Progress, word
from ml.training import memory, work
from ml.training.course import Course, Look
from ml.training.team import Team
from specs.kinds.model.model_instruct import ModelInstruct

CAPTIONS, QUESTIONS = "captions", "questions"


@dataclass(frozen=True, kw_only=True)
class Work(work.Work):
    module: ClassVar[str] = "ml.instructing.process"
    kind: ClassVar[str] = ModelInstruct.kind

    spec: ModelInstruct
    base: Path
    quiz: Path
    prepared: Path
    has_captions: bool


@contextmanager
def naming(spec: ModelInstruct, doing: str) -> Iterator[None]:
    """Says that memory ran out, and what helps."""
    with memory.naming(spec, doing, "questions", "set a lower longest question"):
        yield


@dataclass(frozen=True)
class Material:
    """What is learnt, as it was prepared."""

    quiz: Quiz
    surveyed: Surveyed
    batches: Batches

    @property
    def stages(self) -> tuple[int, ...]:
        return tuple(stage.num_steps for stage in self.batches.stages)


def open_material(work: Work, speaker: Speaker, rank: int = 0) -> Material:
    spec, quiz = work.spec, quizzes.read(work.quiz)
    chosen: Chosen = choosing.choose(quiz, spec)
    surveyed = survey.read(spec, speaker, chosen, work.prepared / QUESTIONS)
    stages = []
    if work.has_captions:
        captions = CaptionLessons(spec, speaker, work.prepared / CAPTIONS)
        stages.append(
            Stage(spec, captions, epochs=spec.caption_epochs, num_steps=spec.caption_steps)
        )
    lessons = QuizLessons(spec, speaker, quiz, surveyed.learnt, surveyed.lengths)
    stages.append(Stage(spec, lessons, epochs=spec.epochs, num_steps=spec.max_steps))
    return Material(quiz, surveyed, Batches(spec, speaker, stages, rank))


def train(work: Work, team: Team, progress: Progress) -> None:
    spec = work.spec
    with naming(spec, "training"):
        if team.rank == 0:
            progress.update(0, message=word("Loading the model"))
        speaker, trainable = parts.load(work.base, spec, torch.get_num_threads())
        material = open_material(work, speaker, team.rank)
        course = Course(
            settings=spec,
            num_steps=material.batches.count_steps(),
            stages=material.stages,
            state_dir=work.state_dir,
            identity=work.identity,
            look=_make_look(spec, speaker, material),
        )
        Training(course, trainable, team).run(material.batches, progress)


def _make_look(spec: ModelInstruct, speaker: Speaker, material: Material) -> Look | None:
    held_out = material.surveyed.held_out
    if not held_out:
        return None
    lessons = QuizLessons(spec, speaker, material.quiz, held_out)
    evaluation = Evaluation(spec, speaker, lessons)
    return Look(every=spec.evaluate_every, saying=word("Evaluating"), at=evaluation.look)
