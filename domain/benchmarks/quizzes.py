"""Benchmarks that are quizzes: recorded with a prompt for each question, and looked through.

The words of a prompt are the question and its options, so that whoever sees an answer, a rater of a
study too, knows what was asked. What is right stands apart, for researchers alone.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.benchmarks import errors
from domain.benchmarks.models import Benchmark, Format, QuizQuestion
from domain.jobs.models import Job
from domain.prompts import queries as prompt_rows
from domain.prompts import service as prompts
from domain.prompts.models import Prompt, PromptSet
from domain.shelf import service as shelf
from domain.users.models import User
from domain.users.person import Person
from specs.prompts import PromptLine
from specs.quiz import QuizItem

CHOICE, OPEN = "choice", "open"
_ROWS_AT_ONCE = 1000
_MEDIA_TYPES = {
    **{f".{name}": f"image/{name}" for name in ("png", "webp", "gif", "bmp", "avif")},
    ".jpg": "image/jpeg",
}


@dataclass(frozen=True, kw_only=True)
class NewQuiz:
    name: str
    digest: str
    summary: Mapping[str, Any]
    items: Sequence[QuizItem]


@dataclass(frozen=True)
class Asked:
    """A question of a quiz with its prompt, which says where it belongs."""

    prompt: Prompt
    question: QuizQuestion

    @property
    def id(self) -> uuid.UUID:
        return self.prompt.id

    @property
    def right(self) -> Sequence[str]:
        return self.question.answers


def read_items(rows: Iterable[Mapping[str, Any]]) -> list[QuizItem]:
    """Of questions.jsonl."""
    return [QuizItem.model_validate(row) for row in rows]


def record(session: Session, new: NewQuiz, artifact: Artifact, *, job: Job | None) -> Benchmark:
    """The quiz, a prompt set of its own, and what is right."""
    maker = session.get_one(User, job.created_by_id) if job and job.created_by_id else None
    (free_name,) = shelf.list_free_names(session, PromptSet, [new.name])
    prompt_set = prompts.add(
        session,
        name=free_name,
        lines=[_write_prompt(item) for item in new.items],
        source=str(new.summary.get("source", "")),
        actor=Person.of(maker) if maker else None,
    )
    scopes = {item.scope for item in new.items}
    benchmark = Benchmark(
        name=new.name,
        format=Format.QUIZ.value,
        default_mode=CHOICE if any(item.is_choice for item in new.items) else OPEN,
        scope=scopes.pop() if len(scopes) == 1 else "mixed",
        artifact_id=artifact.id,
        prompt_set_id=prompt_set.id,
        n_items=len({item.group for item in new.items}),
        n_questions=len(new.items),
        malformed=0,
        summary={**new.summary, "digest": new.digest},
        job_id=job.id if job else None,
        created_by_id=job.created_by_id if job else None,
    )
    shelf.add(session, benchmark)
    _add_questions(session, benchmark, new.items)
    return benchmark


def _write_prompt(item: QuizItem) -> PromptLine:
    lettered = [
        f"{letter}. {option}" for letter, option in zip(item.letters, item.options, strict=True)
    ]
    return PromptLine(
        key=item.key,
        text=_clean("\n".join([item.question, *lettered])),
        **{name: getattr(item, name) for name in (*prompt_rows.PLACES, "region")},
    )


def _add_questions(session: Session, benchmark: Benchmark, items: Sequence[QuizItem]) -> None:
    ids = prompt_rows.map_by_key(session, benchmark.prompts_id)
    for start in range(0, len(items), _ROWS_AT_ONCE):
        rows = [
            {"prompt_id": ids[item.key], "benchmark_id": benchmark.id, **_describe(item)}
            for item in items[start : start + _ROWS_AT_ONCE]
        ]
        session.execute(insert(QuizQuestion), rows)


def _describe(item: QuizItem) -> dict[str, Any]:
    return {
        "question": _clean(item.question),
        "options": [_clean(each) for each in item.options],
        "answer": item.answer,
        "answers": [_clean(each) for each in item.answers],
        "picture": item.picture,
        "facts": {name: getattr(item, name) for name in ("group", "split", "source", "licence")},
    }


def _clean(text: str) -> str:
    """The one character that files may hold and the database may not."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def list_questions(
    session: Session,
    benchmark: Benchmark,
    *,
    where: Mapping[str, str],
    after: int = -1,
    limit: int = 20,
) -> list[Asked]:
    """In their order, behind the position `after`. `where`: by prompts.PLACES."""
    query = _select(benchmark, where).where(Prompt.position > after).order_by(Prompt.position)
    return [Asked(prompt, question) for prompt, question in session.execute(query.limit(limit))]


def count_questions(session: Session, benchmark: Benchmark, *, where: Mapping[str, str]) -> int:
    found = _select(benchmark, where).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _select(benchmark: Benchmark, where: Mapping[str, str]) -> Select[Prompt, QuizQuestion]:
    query = (
        select(Prompt, QuizQuestion)
        .join(QuizQuestion, QuizQuestion.prompt_id == Prompt.id)
        .where(QuizQuestion.benchmark_id == benchmark.id)
    )
    for name in prompt_rows.PLACES:
        if where.get(name):
            query = query.where(getattr(Prompt, name) == where[name])
    return query


def map_questions(
    session: Session, prompt_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, QuizQuestion]:
    """By prompt; nothing of prompts that are no question of a quiz."""
    query = select(QuizQuestion).where(QuizQuestion.prompt_id.in_(set(prompt_ids)))
    return {row.prompt_id: row for row in session.scalars(query)}


def read_picture(session: Session, benchmark: Benchmark, position: int) -> tuple[bytes, str]:
    """Of the question at this place: the file as it came, and its media type."""
    query = (
        select(QuizQuestion.picture)
        .join(Prompt, Prompt.id == QuizQuestion.prompt_id)
        .where(QuizQuestion.benchmark_id == benchmark.id, Prompt.position == position)
    )
    picture = session.scalar(query)
    if not picture:
        raise errors.NoQuizQuestion(benchmark.name, position)
    artifact = artifacts.get_readable(session, benchmark.artifact_id)
    with storage.open_read(storage.join(artifact.uri, picture)) as file:
        data = file.read()
    return data, _MEDIA_TYPES.get(PurePosixPath(picture).suffix.lower(), "image/jpeg")
