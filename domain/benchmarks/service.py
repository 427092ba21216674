"""Benchmarks: make them of a file of questions, rename, archive; record scores."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.benchmarks import errors, questions
from domain.benchmarks.models import Benchmark, Format, Score
from domain.db import new_id
from domain.jobs.models import Job
from domain.prompts import service as prompts
from domain.prompts.models import Prompt, PromptSet
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.users import audit
from domain.users.person import Person
from domain.variants.models import Variant
from specs.prompts import PromptLine, Scope

KIND = "questions"
# Of answers, besides what every score says.
COUNTED_APART = ("n_refused", "n_unparsable", "n_ties", "of_answered")
# Of retrieval: every measure by direction and language.
BY_LANGUAGE = "by_language"
QUIZ_TABLE = "questions.jsonl"


@dataclass(frozen=True, kw_only=True)
class NewBenchmark:
    name: str
    text: str  # of the file
    default_mode: str
    scope: Scope = "global"  # of the prompts that are made from its items
    prompt_set: PromptSet | None = None  # whose prompts the items are, if they are there already
    source: str = ""  # the file's name


@dataclass(frozen=True, kw_only=True)
class QuestionFile:
    data: bytes
    media_type: str
    suffix: str


def get(session: Session, benchmark_id: uuid.UUID) -> Benchmark:
    found = session.get(Benchmark, benchmark_id)
    if found is None:
        raise errors.BenchmarkNotFound(benchmark_id)
    return found


def find_by_name(session: Session, name: str) -> Benchmark | None:
    return shelf.find_by_name(session, Benchmark, name)


def create(
    session: Session, new: NewBenchmark, settings: Settings, *, actor: Person | None
) -> Benchmark:
    """Its questions are kept as they were sent; its items become a prompt set of the same name,
    unless they are prompts of a set that is there.
    """
    name = shelf.tidy_name(new.name)
    shelf.check_name(session, Benchmark, name)
    found = questions.read(new.text, new.source or name)
    prompt_set = new.prompt_set or _make_prompts(session, name, found, new, actor)
    scope = _check_prompts(session, prompt_set, found)
    benchmark = Benchmark(
        name=name,
        default_mode=new.default_mode,
        scope=scope,
        artifact_id=_publish(session, new.text, settings).id,
        prompt_set_id=prompt_set.id,
        n_items=len(found.items),
        n_questions=found.num_questions,
        malformed=found.num_malformed,
        created_by_id=actor.id if actor else None,
    )
    shelf.add(session, benchmark)
    audit.record(
        session, actor, "benchmark.create", subject=("benchmark", benchmark.id), name=name,
        n_items=benchmark.n_items, n_questions=benchmark.n_questions,
    )  # fmt: skip
    return benchmark


def _make_prompts(
    session: Session,
    name: str,
    found: questions.Summary,
    new: NewBenchmark,
    actor: Person | None,
) -> PromptSet:
    lines = [PromptLine(key=key, text=text, scope=new.scope) for key, text in found.items.items()]
    (free_name,) = shelf.list_free_names(session, PromptSet, [name])
    return prompts.add(session, name=free_name, lines=lines, source=new.source, actor=actor)


def _check_prompts(session: Session, prompt_set: PromptSet, found: questions.Summary) -> str:
    """Every item is a prompt of the set; returns their scope."""
    query = select(Prompt.key, Prompt.scope).where(Prompt.prompt_set_id == prompt_set.id)
    scopes: dict[str, str] = dict(session.execute(query).all())
    for item in found.items:
        if item not in scopes:
            raise errors.PromptsDiffer(item, prompt_set.name)
    used = {scopes[item] for item in found.items}
    return used.pop() if len(used) == 1 else "mixed"


def _publish(session: Session, text: str, settings: Settings) -> Artifact:
    data = text.encode()
    name = str(new_id())
    folder = storage.make_staging(
        settings.artifacts_root, settings.data.resolve() / "work", f"{KIND}-{name}"
    )
    staged = folder / "questions.csv"
    staged.write_bytes(data)
    uri = storage.join(settings.artifacts_root, KIND, name, staged.name)
    storage.publish_file(staged, uri)
    folder.rmdir()
    return artifacts.record(
        session, kind=KIND, uri=uri, sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data), media_type="text/csv",
    )  # fmt: skip


def record_scores(
    session: Session,
    job: Job,
    rows: Iterable[Mapping[str, Any]],
    *,
    benchmark: Benchmark,
    variants: Mapping[str, Variant],
) -> list[Score]:
    """One row per variant, scope and metric of a benchmark's result."""
    made = [
        Score(
            job_id=job.id,
            variant_id=variants[row["variant"]].id,
            benchmark_id=benchmark.id,
            mode=row["mode"],
            judge=row["judge"],
            scope=row["scope"],
            metric=row["metric"],
            value=row["score"],
            lo=row.get("lo"),
            hi=row.get("hi"),
            n_items=row["n_items"],
            n_questions=row["n_questions"],
            gaps=row["gaps"],
            malformed=row.get("malformed", 0),
            by_category=row["by_category"],
            facts=_list_facts(row),
        )
        for row in rows
    ]
    session.add_all(made)
    session.flush()
    return made


def _list_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    counted = {name: row[name] for name in COUNTED_APART if name in row}
    return counted | ({BY_LANGUAGE: row["rows"]} if "rows" in row else {})


def read_questions(session: Session, benchmark: Benchmark) -> QuestionFile:
    """A file as it was sent; of a quiz its questions, without their pictures."""
    if benchmark.format == Format.DATASET:
        raise errors.WithoutQuestions(benchmark.name)
    artifact = artifacts.get_readable(session, benchmark.artifact_id)
    is_quiz = benchmark.format == Format.QUIZ
    uri = storage.join(artifact.uri, QUIZ_TABLE) if is_quiz else artifact.uri
    with storage.open_read(uri) as file:
        data = file.read()
    if is_quiz:
        return QuestionFile(data=data, media_type="application/x-ndjson", suffix=".jsonl")
    return QuestionFile(data=data, media_type="text/csv; charset=utf-8", suffix=".csv")


def rename(session: Session, benchmark_id: uuid.UUID, name: str, *, actor: Person) -> Benchmark:
    return shelf.rename(session, get(session, benchmark_id), name, actor=actor)


def archive(session: Session, benchmark_id: uuid.UUID, *, actor: Person) -> Benchmark:
    return shelf.archive(session, get(session, benchmark_id), actor=actor)


def unarchive(session: Session, benchmark_id: uuid.UUID, *, actor: Person) -> Benchmark:
    return shelf.unarchive(session, get(session, benchmark_id), actor=actor)
