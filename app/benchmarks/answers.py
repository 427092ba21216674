"""Benchmarks and scores as the API shows and takes them."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.benchmarks.models import Benchmark, Score
from domain.benchmarks.quizzes import Asked
from specs.kinds.benchmark.benchmark_run import ScoringMode
from specs.prompts import Scope

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_QUESTIONS = (
    "item_id,text,proposition_id,dependency,question_natural_language\n"
    "m1,a red cube,1,0,Is there a cube?\n"
    "m1,a red cube,2,1,Is the cube red?\n"
)
_QUESTION: JsonDict = {
    "position": 0,
    "key": "dish-1",
    "prompt_id": _ID,
    "question": "What is on the plate?",
    "options": ["bread", "rice"],
    "answer": 1,
    "answers": ["rice"],
    "has_picture": True,
    "scope": "regional",
    "stratum": "",
    "country": "ID",
    "language": "en",
    "category": "food",
    "facts": {"licence": "CC-BY-4.0", "group": "dish-1"},
}


class NewBenchmark(BaseModel):
    """`text` is a file of questions in DSG's columns. Its items become a prompt set, unless
    `prompt_set_id` names one whose keys they are.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Cubes", "text": _QUESTIONS}]}
    )

    name: str
    text: str
    default_mode: ScoringMode = "dsg"
    scope: Scope = Field(default="global", description="Of the prompts that are made.")
    prompt_set_id: uuid.UUID | None = None
    source: str = Field(default="", max_length=200, description="The file's name.")


class BenchmarkOut(BaseModel):
    """`format` is 'dsg', questions about pictures that models draw, 'quiz', questions that models
    answer, or 'dataset', a data set over which encoders were scored: it has a `dataset_id` and no
    `prompt_set_id`. `malformed` counts cells that name parents in a way that cannot be right.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "name": "Cubes",
                    "format": "dsg",
                    "default_mode": "dsg",
                    "scope": "global",
                    "prompt_set_id": _ID,
                    "dataset_id": None,
                    "n_items": 1,
                    "n_questions": 2,
                    "malformed": 0,
                    "summary": {},
                    "job_id": None,
                    "created_at": "2026-03-01T08:00:00Z",
                    "archived_at": None,
                }
            ]
        }
    )

    id: uuid.UUID
    name: str
    format: str
    default_mode: str
    scope: str
    prompt_set_id: uuid.UUID | None
    dataset_id: uuid.UUID | None
    n_items: int
    n_questions: int
    malformed: int
    summary: dict[str, Any]
    job_id: uuid.UUID | None
    created_at: dt.datetime
    archived_at: dt.datetime | None

    @classmethod
    def of(cls, benchmark: Benchmark) -> "BenchmarkOut":
        return cls.model_validate(benchmark, from_attributes=True)


class QuestionOut(BaseModel):
    """`options` is empty where the question is open-ended; `answer` is the place of the right
    option from 0, `answers` what is accepted. Its picture, where it `has_picture`, is at
    `/benchmarks/ID/items/POSITION/picture`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_QUESTION]})

    position: int
    key: str
    prompt_id: uuid.UUID
    question: str
    options: list[str]
    answer: int | None
    answers: list[str]
    has_picture: bool
    scope: str
    stratum: str
    country: str
    language: str
    category: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, asked: Asked) -> "QuestionOut":
        of_prompt = ("position", "key", "scope", "stratum", "country", "language", "category")
        of_question = ("question", "options", "answer", "answers", "facts")
        return cls(
            prompt_id=asked.prompt.id,
            has_picture=bool(asked.question.picture),
            **{name: getattr(asked.prompt, name) for name in of_prompt},
            **{name: getattr(asked.question, name) for name in of_question},
        )


class QuestionsOut(BaseModel):
    """`next` is what to hand in as `after`; null on the last page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_QUESTION], "next": 0}]})

    items: list[QuestionOut]
    next: int | None


class ScoreOut(BaseModel):
    """Scores of one benchmark, mode and judge may be compared, others never. `value` is null when
    no item could be scored; `gaps` are answers that were missing. Of answers to a quiz, `facts`
    count those that refused, could not be read or were tied; of retrieval they hold every measure
    by direction and language.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "job_id": _ID,
                    "variant_id": _ID,
                    "benchmark_id": _ID,
                    "mode": "dsg",
                    "judge": "blip-vqa",
                    "scope": "global",
                    "metric": "dsg",
                    "value": 74.75,
                    "lo": 0,
                    "hi": 100,
                    "n_items": 1060,
                    "n_questions": 8182,
                    "gaps": 0,
                    "malformed": 10,
                    "by_category": {"entity": 81.2},
                    "facts": {},
                    "created_at": "2026-03-01T08:00:00Z",
                }
            ]
        }
    )

    id: uuid.UUID
    job_id: uuid.UUID
    variant_id: uuid.UUID
    benchmark_id: uuid.UUID
    mode: str
    judge: str
    scope: str
    metric: str
    value: float | None
    lo: float | None
    hi: float | None
    n_items: int
    n_questions: int
    gaps: int
    malformed: int
    by_category: dict[str, Any]
    facts: dict[str, Any]
    created_at: dt.datetime

    @classmethod
    def of(cls, score: Score) -> "ScoreOut":
        return cls.model_validate(score, from_attributes=True)
