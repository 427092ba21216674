"""From the names in a specification to rows."""

import difflib
import uuid
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark, Format
from domain.datasets import sources
from domain.datasets.models import Dataset
from domain.errors import Word
from domain.jobs.models import Job, JobState
from domain.knowledge.models import KnowledgeBase
from domain.launches import describing, errors
from domain.launches.describing import Found, Row
from domain.prompts.models import PromptSet
from domain.shelf import queries as shelf
from domain.shelf import service as shelf_service
from domain.shelf.models import Named
from domain.variants.models import Variant
from specs.inputs import Input

_SIMILAR = 0.6


def find(session: Session, wanted: Input, reference: str) -> Found:
    """What a reference names."""
    return _FINDERS[wanted.what](session, wanted, reference)


def _find_named(
    session: Session,
    wanted: Input,
    reference: str,
    tables: Mapping[Word, type[Named]],
    *where: ColumnElement[bool],
) -> Found:
    """`where`: which names are offered when there is none of this one."""
    for table in tables.values():
        row = shelf_service.find_by_name(session, table, reference)
        if row is None:
            continue
        if row.archived_at is not None:
            raise errors.ReferenceArchived(wanted.name, reference)
        if isinstance(row, Benchmark) and wanted.what == "prompts":
            describing.check_has_prompts(wanted, row)
            row = session.get_one(PromptSet, row.prompts_id)
        assert isinstance(row, Row), "The tables below hold nothing else."
        return describing.describe_row(session, wanted, row)
    known = [name for table in tables.values() for name in shelf.list_names(session, table, *where)]
    what = next(iter(tables))
    raise errors.NothingNamed(wanted.name, what, reference, suggest(reference, known))


def suggest(reference: str, known: Sequence[str]) -> list[str]:
    """Known names, the most similar ones first and then in the order given."""
    wanted = reference.casefold()
    similar = {
        name: difflib.SequenceMatcher(None, wanted, name.casefold()).ratio() for name in known
    }
    likely = [name for name in similar if similar[name] >= _SIMILAR]
    likely.sort(key=lambda name: -similar[name])
    return [*likely, *(name for name in similar if name not in likely)]


def _find_dataset(session: Session, wanted: Input, reference: str) -> Found:
    return _find_named(session, wanted, reference, {Word("data set"): Dataset})


def _find_variant(session: Session, wanted: Input, reference: str) -> Found:
    return _find_named(session, wanted, reference, {Word("variant"): Variant})


def _find_prompts(session: Session, wanted: Input, reference: str) -> Found:
    """A benchmark's name will do as well: its items are prompts."""
    tables: dict[Word, type[Named]] = {
        Word("prompt set"): PromptSet,
        Word("benchmark"): Benchmark,
    }
    return _find_named(session, wanted, reference, tables)


def _find_questions(session: Session, wanted: Input, reference: str) -> Found:
    is_about_drawing = Benchmark.format == Format.DSG
    return _find_named(session, wanted, reference, {Word("benchmark"): Benchmark}, is_about_drawing)


def _find_quiz(session: Session, wanted: Input, reference: str) -> Found:
    is_quiz = Benchmark.format == Format.QUIZ
    return _find_named(session, wanted, reference, {Word("quiz"): Benchmark}, is_quiz)


def _find_knowledge(session: Session, wanted: Input, reference: str) -> Found:
    return _find_named(session, wanted, reference, {Word("knowledge base"): KnowledgeBase})


def _find_job(session: Session, wanted: Input, reference: str) -> Found:
    try:
        job = session.get(Job, uuid.UUID(reference))
    except ValueError:
        job = None
    if job is None or job.state != JobState.SUCCEEDED:
        raise errors.NoSuchJob(wanted.name, reference)
    return describing.describe_job(session, wanted, job, "")


def _find_answers(session: Session, wanted: Input, reference: str) -> Found:
    """What a job answered, or a file that was uploaded."""
    if not reference.startswith(sources.UPLOAD):
        return _find_job(session, wanted, reference)
    artifact = sources.find_upload(session, reference).artifact
    return Found(input=wanted, row=None, digest=artifact.sha256, artifact=artifact)


_FINDERS: Mapping[str, Callable[[Session, Input, str], Found]] = {
    "dataset": _find_dataset,
    "model": _find_variant,
    "prompts": _find_prompts,
    "questions": _find_questions,
    "quiz": _find_quiz,
    "outputs": _find_job,
    "answers": _find_answers,
    "scores": _find_job,
    "knowledge": _find_knowledge,
    "passages": _find_job,
    "vectors": _find_job,
    "material": _find_job,
    "measured": _find_job,
}
