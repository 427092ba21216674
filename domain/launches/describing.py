"""From rows to what lies where: each as an input of a job, if its contents can be read."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.benchmarks import errors as benchmark_errors
from domain.benchmarks.models import Benchmark, Format
from domain.datasets import errors as dataset_errors
from domain.datasets.models import Dataset
from domain.jobs import family
from domain.jobs import queries as jobs
from domain.jobs.models import Job
from domain.knowledge import errors as knowledge_errors
from domain.knowledge import indexes
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex
from domain.launches import errors
from domain.prompts.models import PromptSet
from domain.variants import service as variants
from domain.variants.models import Variant
from specs import registry
from specs.inputs import Input, NotMade, locate

OUTPUT = "output"
Row = Dataset | Variant | PromptSet | Benchmark | KnowledgeBase | KnowledgeIndex | Job


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
            return describe_job(session, wanted, row, "")


def _check_format(wanted: Input, row: Benchmark | KnowledgeIndex) -> None:
    """Files about what was drawn and quizzes are called benchmarks both, and read differently."""
    if isinstance(row, KnowledgeIndex):
        return
    check_has_prompts(wanted, row)
    is_quiz = row.format == Format.QUIZ
    if wanted.what == "quiz" and not is_quiz:
        raise benchmark_errors.NoQuiz(wanted.name, row.name)
    if wanted.what == "questions" and is_quiz:
        raise benchmark_errors.IsQuiz(wanted.name, row.name)


def check_has_prompts(wanted: Input, benchmark: Benchmark) -> None:
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


def describe_job(session: Session, wanted: Input, job: Job, reference: str) -> Found:
    """What a finished job published, as an input."""
    path = find_path(wanted, job, reference)
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


def find_path(wanted: Input, job: Job, reference: str) -> str:
    makes = registry.find_spec(job.kind).makes
    try:
        return locate(job.kind, makes, wanted.what, reference)
    except NotMade as error:
        raise errors.InputNotMade(wanted.name, str(error)) from error
