"""Answers for tests: a quiz, and what the base and an adapted model said to it, each by itself and
each with passages.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks import quizzes
from domain.benchmarks.models import Benchmark
from domain.benchmarks.quizzes import NewQuiz
from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from domain.outputs import answering
from domain.prompts import service as prompts
from domain.variants import retrieval
from domain.variants.models import Variant
from domain.variants.retrieval import Help
from specs.job import JobSpec
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.quiz import QuizItem
from tests.factories import make_artifact, make_job, make_variant
from tests.quizzes import make_item, place_picture, write_quiz

# Words that stand nowhere else: a page that shows one of them shows a passage.
SECRETS = ("Kenduri", "Zwielicht", "0.0327", "perpustakaan.example", "p-4711")
PASSAGE: dict[str, Any] = {
    "id": "p-4711", "title": "Kenduri", "text": "Zwielicht over the rice.",
    "source": "https://perpustakaan.example/kenduri", "licence": "CC-BY-4.0", "language": "en",
    "country": "ID", "score": 0.0327, "lexical_rank": 1, "dense_rank": 4,
}  # fmt: skip
CELLS = ("base", "adapted", "base, helped", "adapted, helped")
# What each of them says tells nothing of which it is.
_VOICES = dict(zip(CELLS, ("One", "Another", "A third", "A fourth"), strict=True))


@dataclass(frozen=True)
class Answered:
    quiz: Benchmark
    variants: Mapping[str, Variant]  # by CELLS
    artifact: Artifact  # of the answers


def make_items(folder: Path) -> Sequence[QuizItem]:
    """Two with options about a picture, one open-ended without."""
    common = {"scope": "regional", "region": "sea", "country": "ID", "language": "en"}
    return (
        make_item("dish-1", **common, **place_picture(folder)),
        make_item("dish-2", **common, **place_picture(folder, "other.jpg")),
        make_item("dish-3", question="What is eaten?", answers=["rice"], **common),
    )


def make_answers(session: Session, folder: Path) -> Answered:
    """Below the folder, with pictures that are really there."""
    items = make_items(folder / "quiz")
    write_quiz(folder / "quiz", items)
    artifact = make_artifact(session, kind="quiz", uri=(folder / "quiz").as_uri())
    new = NewQuiz(name="Dishes", digest="d" * 64, summary={"licence": "CC0-1.0"}, items=items)
    quiz = quizzes.record(session, new, artifact, job=None)
    variants = _make_variants(session)
    shutil.copytree(folder / "quiz" / "pictures", folder / "answers" / "pictures")
    outputs = make_artifact(session, kind="outputs", uri=(folder / "answers").as_uri())
    job = make_job(session, state=JobState.SUCCEEDED, spec=AnswersGenerate())
    answering.record(
        session,
        job,
        [_make_row(cell, item) for cell in CELLS for item in items],
        prompt_set=prompts.get(session, quiz.prompt_set_id),
        variants=variants,
        artifact=outputs,
    )
    return Answered(quiz, variants, outputs)


def _make_variants(session: Session) -> dict[str, Variant]:
    base = make_variant(session, name="World", family="llava")
    tuned = make_variant(session, base=base, name="Region")
    merge = make_variant(session, base=base, tuned=tuned, name="Region beta-0.25")
    job = make_job(session, state=JobState.SUCCEEDED)
    help_ = Help(name="Market", settings={"knowledge": "a" * 64, "num_passages": 5})
    helped = [retrieval.find_or_make(session, each, help_, job=job) for each in (base, merge)]
    return dict(zip(CELLS, (base, merge, *helped), strict=True))


def _make_row(cell: str, item: QuizItem) -> dict[str, Any]:
    is_helped = cell.endswith("helped")
    return {
        "variant": cell,
        "beta": 0.25 if cell.startswith("adapted") else 0.0,
        "prompt_key": item.key,
        "seed": 0,
        "text": f"{_VOICES[cell]} says rice.",
        "question_file": item.picture or None,
        "passages": [PASSAGE] if is_helped else [],
        "cut": {"passages": [PASSAGE["id"]]} if is_helped else None,
        "parameters": {"temperature": 0.0, "top_p": 1.0, "max_new_tokens": 16, "system": ""},
    }


def make_comparison(session: Session, answered: Answered) -> Job:
    """A finished answers.compare over these answers, with the jobs that it is built on."""
    sides = {}
    for side, ending in (("plain", ""), ("retrieved", ", helped")):
        rows = {
            name: str(answered.variants[f"{role}{ending}"].id)
            for name, role in (("beta-0", "base"), ("beta-0.25", "adapted"))
        }
        made = _finish(session, AnswersGenerate(), {"rows": rows})
        scored = _finish(session, AnswersScore(), {})
        session.add(JobInput(job_id=scored.id, name="outputs", source_job_id=made.id))
        session.add(JobInput(job_id=scored.id, name="quiz", benchmark_id=answered.quiz.id))
        sides[side] = scored
    job = _finish(session, AnswersCompare(), COMPARED)
    for side, scored in sides.items():
        session.add(JobInput(job_id=job.id, name=side, source_job_id=scored.id))
    session.flush()
    return job


def _finish(session: Session, spec: JobSpec, result: dict[str, Any]) -> Job:
    return make_job(session, state=JobState.SUCCEEDED, spec=spec, result=result)


def _estimate(value: float | None, spread: float = 4.0, reason: str = "") -> dict[str, Any]:
    low, high = (None, None) if value is None else (value - spread, value + spread)
    return {"value": value, "low": low, "high": high, "reason": reason}


_EFFECTS = {
    "adaptation_plain": 12.5, "adaptation_retrieved": 6.25, "adaptation": 9.375,
    "retrieval_base": 20.0, "retrieval_adapted": 13.75, "retrieval": 16.875, "both": 26.25,
    "interaction": -6.25,
}  # fmt: skip
_CELLS = {"base_plain": 41.5, "base_retrieved": 61.5, "adapted_plain": 54.0,
          "adapted_retrieved": 67.75}  # fmt: skip
_COUNTS = {"score": 41.5, "of_answered": 43.0, "n_refused": 1, "n_unparsable": 0, "gaps": 0}
# What ml.benchmarks.answers.compare finds, in short.
COMPARED: dict[str, Any] = {
    "mode": "choice", "metric": "choice", "quiz": {"name": "Dishes", "digest": "d" * 64},
    "base": "beta-0", "adapted": "beta-0.25", "beta": 0.25, "num_resamples": 2000,
    "confidence": 0.95, "seed": 0,
    "scopes": [
        {
            "scope": scope, "num_questions": 80, "num_clusters": 40, "num_left_out": left_out,
            "cells": {name: _estimate(value) for name, value in _CELLS.items()},
            "effects": {name: _estimate(value) for name, value in _EFFECTS.items()},
            "ratios": {name: _estimate(value / 41.5, 0.05) for name, value in _CELLS.items()},
            "counted": dict.fromkeys(_CELLS, _COUNTS),
        }
        for scope, left_out in (("global", 0), ("regional", 2))
    ],
}  # fmt: skip
