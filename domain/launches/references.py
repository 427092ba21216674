"""From the names in a specification to rows, and from rows to what lies where.

A reference is the name of a row: a data set, a variant, a prompt set, a benchmark, a quiz, a
knowledge base. Outputs, answers, scores, passages and vectors have no names: the job that made them
is named by its id. What a job before this one supplies is found by what that job made.
"""

import difflib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.benchmarks import errors as benchmark_errors
from domain.benchmarks.models import Benchmark, Format
from domain.datasets import errors as dataset_errors
from domain.datasets import sources
from domain.datasets.models import Dataset
from domain.errors import Word
from domain.jobs import family
from domain.jobs import queries as jobs
from domain.jobs.models import Job, JobState
from domain.knowledge import errors as knowledge_errors
from domain.knowledge import indexes
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex
from domain.launches import errors
from domain.prompts.models import PromptSet
from domain.shelf import queries as shelf
from domain.shelf import service as shelf_service
from domain.shelf.models import Named
from domain.variants import service as variants
from domain.variants.models import Variant
from specs import registry
from specs.inputs import Input, NotMade, find_lacking, list_places, locate
from specs.job import JobSpec
from specs.kinds.knowledge.knowledge_import import KnowledgeImport

OUTPUT = "output"
Row = Dataset | Variant | PromptSet | Benchmark | KnowledgeBase | KnowledgeIndex | Job
_SIMILAR = 0.6
# What a job's result names by its row.
_MADE: Mapping[str, type[Any]] = {
    "dataset": Dataset,
    "model": Variant,
    "prompts": PromptSet,
    "quiz": Benchmark,
}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one input is: a row, the digest of its contents, and where they lie."""

    input: Input
    row: Row | None  # None: an upload, which has no row but its artifact
    digest: str
    artifact: Artifact | None  # None: the row itself holds it all
    path: str = ""  # inside the artifact; empty: all of it

    @property
    def uri(self) -> str:
        assert self.artifact is not None, "Only asked of what lies in files."
        return storage.join(self.artifact.uri, self.path) if self.path else self.artifact.uri


def resolve(
    session: Session,
    spec: JobSpec,
    parents: Mapping[str, Job],
    *,
    known: Mapping[str, Row] = _NOTHING,
) -> dict[str, Found]:
    """Everything the specification reads that can be known now: not what a job before it has yet
    to make. Rows that are `known` are the ones, whatever they are called. Raises the sentence that
    says what cannot be read, and the field that names it.
    """
    found: dict[str, Found] = {}
    places = list_places(spec.inputs, spec, {*parents, *known})
    for place in places:
        name, wanted = place.name, replace(place.input, name=place.name)
        one: Found | None = None
        if name in parents:
            one = _find_from_parent(session, wanted, parents[name], place.reference)
        elif name in known:
            one = describe_row(session, wanted, known[name])
        elif place.reference:
            one = find(session, wanted, place.reference)
        elif wanted.required:
            raise errors.InputMissing(name)
        if one is not None:
            found[name] = one
    lacking = find_lacking(spec.inputs, places)
    if lacking is not None:
        raise errors.InputMissing(lacking)
    _check_together(found)
    return found


def _check_together(found: Mapping[str, Found]) -> None:
    base, tuned = (found[name].row if name in found else None for name in ("base", "tuned"))
    if isinstance(base, Variant) and isinstance(tuned, Variant):
        variants.check_merge(base, tuned)


def find(session: Session, wanted: Input, reference: str) -> Found:
    """What a reference names."""
    return _FINDERS[wanted.what](session, wanted, reference)


def describe_row(session: Session, wanted: Input, row: Row) -> Found:
    """The row as an input, if its contents can be read."""
    match row:
        case Dataset():
            if row.num_items == 0:
                raise dataset_errors.EmptyDataset(row.name)
            artifact = artifacts.get_readable(session, row.artifact_id)
            return Found(input=wanted, row=row, digest=row.digest, artifact=artifact)
        case Variant():
            artifact = variants.get_files(session, row)
            assert row.digest is not None, "The database keeps files and digest together."
            return Found(
                input=wanted, row=row, digest=row.digest, artifact=artifact, path=row.folder
            )
        case PromptSet():
            return Found(input=wanted, row=row, digest=row.digest, artifact=None)
        case Benchmark() | KnowledgeIndex():
            _check_format(wanted, row)
            artifact = artifacts.get_readable(session, row.artifact_id)
            return Found(input=wanted, row=row, digest=artifact.sha256, artifact=artifact)
        case KnowledgeBase():
            return _describe_knowledge(session, wanted, row)
        case Job():
            return _describe_job(session, wanted, row, "")


def _check_format(wanted: Input, row: Benchmark | KnowledgeIndex) -> None:
    """Files about what was drawn and quizzes are called benchmarks both, and read differently."""
    if isinstance(row, KnowledgeIndex):
        return
    _check_has_prompts(wanted, row)
    is_quiz = row.format == Format.QUIZ
    if wanted.what == "quiz" and not is_quiz:
        raise benchmark_errors.NoQuiz(wanted.name, row.name)
    if wanted.what == "questions" and is_quiz:
        raise benchmark_errors.IsQuiz(wanted.name, row.name)


def _check_has_prompts(wanted: Input, benchmark: Benchmark) -> None:
    if benchmark.format == Format.DATASET:
        raise benchmark_errors.IsDataset(wanted.name, benchmark.name)


def _describe_knowledge(session: Session, wanted: Input, base: KnowledgeBase) -> Found:
    """Its passages as they are now; or their newest index, where that is what is read."""
    if base.num_passages == 0:
        raise knowledge_errors.KnowledgeEmpty(base.name)
    if not wanted.indexed:
        return Found(input=wanted, row=base, digest=base.digest, artifact=None)
    index = indexes.find_fitting(session, base)
    if index is None:
        raise knowledge_errors.NotIndexed(base.name)
    return describe_row(session, wanted, index)


def _describe_job(session: Session, wanted: Input, job: Job, reference: str) -> Found:
    """What a finished job published, as an input."""
    path = _locate(wanted, job, reference)
    published = jobs.list_artifacts(session, job.id).get(OUTPUT)
    if published is None:
        raise errors.InputNotMade(wanted.name, f"Job {job.id} wrote no files.")
    return Found(
        input=wanted,
        row=job,
        digest=family.digest_parents(session, {wanted.name: job})[wanted.name],
        artifact=artifacts.get_readable(session, published.id),
        path=path,
    )


def _locate(wanted: Input, job: Job, reference: str) -> str:
    makes = registry.find_spec(job.kind).makes
    try:
        return locate(job.kind, makes, wanted.what, reference)
    except NotMade as error:
        raise errors.InputNotMade(wanted.name, str(error)) from error


def _find_from_parent(session: Session, wanted: Input, parent: Job, reference: str) -> Found | None:
    """What the job before makes; nothing yet when it has not ended."""
    path = _locate(wanted, parent, reference)
    if reference and path != reference:
        raise errors.InputTwice(wanted.name, reference)
    if parent.state != JobState.SUCCEEDED:
        return None
    row = _find_made(session, wanted, parent, path)
    if row is None:
        return _describe_job(session, wanted, parent, reference)
    return describe_row(session, wanted, row)


def _find_made(session: Session, wanted: Input, parent: Job, path: str) -> Row | None:
    """The row that a job's result names: see workers/tasks, which write it there."""
    tables: Mapping[str, type[Any]] = {
        **_MADE,
        "knowledge": KnowledgeBase if parent.kind == KnowledgeImport.kind else KnowledgeIndex,
    }
    table = tables.get(wanted.what)
    if table is None:
        return None
    result = parent.result or {}
    made = result.get("rows", {}).get(path)
    row = session.get(table, uuid.UUID(made)) if made else None
    if row is None:
        raise errors.RowGone(wanted.name)
    return row  # type: ignore[no-any-return]  # a row of one of the tables above


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
            _check_has_prompts(wanted, row)
            row = session.get_one(PromptSet, row.prompts_id)
        assert isinstance(row, Row), "The tables below hold nothing else."
        return describe_row(session, wanted, row)
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
    return _describe_job(session, wanted, job, "")


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
    "measured": _find_job,
}
