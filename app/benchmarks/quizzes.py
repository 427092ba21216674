"""The questions of a quiz with their pictures, options and answers. For researchers and admins."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher, SessionDep
from app.prompts.places import PlacesDep
from domain.benchmarks import errors, quizzes
from domain.benchmarks import service as benchmarks
from domain.benchmarks.models import Benchmark, Format
from domain.benchmarks.quizzes import Asked
from domain.prompts import queries as prompts

router = APIRouter()

QUESTIONS_PER_PAGE = 24
# What is published never changes: another picture has another address.
_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a quiz's questions, and the filter that made it."""

    benchmark: Benchmark
    rows: Sequence[Asked]
    num_rows: int  # that the filter leaves
    where: Mapping[str, str]
    choices: Mapping[str, Mapping[str, int]]  # filter -> value -> how many questions
    after: int
    next_after: int | None


def get_quiz(session: Session, benchmark_id: uuid.UUID) -> Benchmark:
    found = benchmarks.get(session, benchmark_id)
    if found.format != Format.QUIZ:
        raise errors.NoQuiz("quiz", found.name)
    return found


@router.get("/{benchmark_id}/items")
def list_questions(
    request: Request,
    session: SessionDep,
    person: Researcher,
    benchmark_id: uuid.UUID,
    where: PlacesDep,
    after: Annotated[int, Query(ge=-1)] = -1,
) -> Response:
    found = _find(session, get_quiz(session, benchmark_id), where, after)
    return rendering.page(request, "benchmarks/quiz.html", found=found)


@router.get("/{benchmark_id}/items/{position}/picture")
def show_picture(
    session: SessionDep, person: Researcher, benchmark_id: uuid.UUID, position: int
) -> Response:
    data, media_type = quizzes.read_picture(session, get_quiz(session, benchmark_id), position)
    return Response(data, media_type=media_type, headers=_HEADERS)


def _find(session: Session, quiz: Benchmark, where: Mapping[str, str], after: int) -> Found:
    rows = quizzes.list_questions(
        session, quiz, where=where, after=after, limit=QUESTIONS_PER_PAGE + 1
    )
    shown = rows[:QUESTIONS_PER_PAGE]
    counts = prompts.count_by(session, quiz.prompts_id)
    return Found(
        benchmark=quiz,
        rows=shown,
        num_rows=quizzes.count_questions(session, quiz, where=where),
        where=where,
        choices={
            name: counts[name] for name in prompts.PLACES if len(counts[name]) > 1 or where[name]
        },
        after=after,
        next_after=shown[-1].prompt.position if len(rows) > QUESTIONS_PER_PAGE else None,
    )
