"""Benchmarks under /api/v1/benchmarks, and what they measured under /api/v1/scores."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from app import changes
from app.api import OnceDep, Page, PagingDep
from app.benchmarks.answers import (
    BenchmarkOut,
    NewBenchmark,
    QuestionOut,
    QuestionsOut,
    ScoreOut,
)
from app.benchmarks.quizzes import get_quiz
from app.changes import Change
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.prompts.places import PlacesDep
from domain.benchmarks import queries, quizzes
from domain.benchmarks import service as benchmarks
from domain.prompts import service as prompts

router = APIRouter(tags=["benchmarks"])


@router.get("/benchmarks")
def list_benchmarks(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Page[BenchmarkOut]:
    """Newest first."""
    rows = queries.list_benchmarks(
        session, archived=archived, limit=paging.limit + 1, before=paging.before
    )
    return paging.make_page(rows, BenchmarkOut.of)


@router.post("/benchmarks", status_code=201, response_model=BenchmarkOut)
def add_benchmark(
    body: NewBenchmark,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    once: OnceDep,
) -> JSONResponse:
    """A benchmark of the questions that are sent, whole or not at all."""

    def make() -> BenchmarkOut:
        given = body.prompt_set_id
        new = benchmarks.NewBenchmark(
            name=body.name,
            text=body.text,
            default_mode=body.default_mode,
            scope=body.scope,
            prompt_set=prompts.get(session, given) if given else None,
            source=body.source,
        )
        return BenchmarkOut.of(benchmarks.create(session, new, settings, actor=person))

    return once.answer(201, make)


@router.get("/benchmarks/{benchmark_id}")
def read_benchmark(
    session: SessionDep, person: Researcher, benchmark_id: uuid.UUID
) -> BenchmarkOut:
    return BenchmarkOut.of(benchmarks.get(session, benchmark_id))


@router.patch("/benchmarks/{benchmark_id}")
def change_benchmark(
    body: Change, session: SessionDep, person: Researcher, benchmark_id: uuid.UUID
) -> BenchmarkOut:
    """Rename; archive or bring back."""
    benchmark = benchmarks.get(session, benchmark_id)
    return BenchmarkOut.of(changes.apply(session, benchmark, body, person))


@router.get("/benchmarks/{benchmark_id}/questions", response_class=Response)
def read_questions(session: SessionDep, person: Researcher, benchmark_id: uuid.UUID) -> Response:
    """The file of questions as it was sent; of a quiz the questions as JSON lines."""
    file = benchmarks.read_questions(session, benchmarks.get(session, benchmark_id))
    return Response(file.data, media_type=file.media_type)


@router.get("/benchmarks/{benchmark_id}/items")
def list_items(
    session: SessionDep,
    person: Researcher,
    benchmark_id: uuid.UUID,
    where: PlacesDep,
    after: Annotated[int, Query(ge=-1, description="Questions behind this position.")] = -1,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> QuestionsOut:
    """Of a quiz, in its order: what is asked, and what is right."""
    quiz = get_quiz(session, benchmark_id)
    rows = quizzes.list_questions(session, quiz, where=where, after=after, limit=limit + 1)
    return QuestionsOut(
        items=[QuestionOut.of(row) for row in rows[:limit]],
        next=rows[limit - 1].prompt.position if len(rows) > limit else None,
    )


@router.get("/benchmarks/{benchmark_id}/items/{position}/picture", response_class=Response)
def read_item_picture(
    session: SessionDep, person: Researcher, benchmark_id: uuid.UUID, position: int
) -> Response:
    """What a question of a quiz is about, as it came."""
    data, media_type = quizzes.read_picture(session, get_quiz(session, benchmark_id), position)
    return Response(data, media_type=media_type)


@router.get("/scores")
def list_scores(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    variant: Annotated[uuid.UUID | None, Query(description="Of this one.")] = None,
    benchmark: Annotated[uuid.UUID | None, Query(description="Measured by this one.")] = None,
    job: Annotated[uuid.UUID | None, Query(description="Measured by this job.")] = None,
) -> Page[ScoreOut]:
    """Newest first."""
    rows = queries.list_scores(
        session,
        variant_id=variant,
        benchmark_id=benchmark,
        job_id=job,
        limit=paging.limit + 1,
        before=paging.before,
    )
    return paging.make_page(rows, ScoreOut.of)
