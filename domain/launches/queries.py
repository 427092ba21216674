"""Which jobs read a row, and which rows a job reads."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark, Format
from domain.datasets.models import Dataset
from domain.jobs.models import Job, JobState
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex
from domain.launches.describing import Row
from domain.launches.inputs import list_rows
from domain.launches.models import JobInput
from domain.prompts.models import PromptSet
from domain.shelf import queries as shelf
from domain.shelf.models import Named
from domain.variants.models import Variant
from domain.variants.uses import find_use
from specs import registry
from specs.inputs import Readable, Use

__all__ = ["list_choices", "list_rows", "list_source_jobs", "list_users"]

_NAMED: dict[Readable, tuple[type[Named], ...]] = {
    "dataset": (Dataset,),
    "model": (Variant,),
    "prompts": (PromptSet, Benchmark),
    "questions": (Benchmark,),
    "quiz": (Benchmark,),
    "knowledge": (KnowledgeBase,),
}
# Of benchmarks: what is read as which.
_FORMATS: Mapping[Readable, Format] = {"questions": Format.DSG, "quiz": Format.QUIZ}


def list_users(session: Session, row: Row, *, limit: int = 50) -> Sequence[Job]:
    """Jobs that read this row, newest first."""
    column = {
        Dataset: JobInput.dataset_id,
        Variant: JobInput.variant_id,
        PromptSet: JobInput.prompt_set_id,
        Benchmark: JobInput.benchmark_id,
        KnowledgeBase: JobInput.knowledge_base_id,
        KnowledgeIndex: JobInput.knowledge_index_id,
        Job: JobInput.source_job_id,
    }[type(row)]
    users = select(JobInput.job_id).where(column == row.id)
    query = select(Job).where(Job.id.in_(users)).order_by(Job.id.desc()).limit(limit)
    return session.scalars(query).all()


def list_choices(session: Session, what: Readable, use: Use | None = None) -> list[str]:
    """What a field that reads this may name: names of rows; none where jobs are named by id.
    Merges without files are no choice, nor are models that are known to do something else.
    """
    names: list[str] = []
    for table in _NAMED.get(what, ()):
        if table is Variant:
            names += _list_models(session, use)
        elif what in _FORMATS:
            names += shelf.list_names(session, table, Benchmark.format == _FORMATS[what])
        elif table is Benchmark:
            has_prompts = Benchmark.format != Format.DATASET
            names += shelf.list_names(session, table, has_prompts)
        else:
            names += shelf.list_names(session, table)
    return names


def _list_models(session: Session, use: Use | None) -> Iterator[str]:
    query = select(Variant.name, Variant.family).where(
        Variant.archived_at.is_(None), Variant.artifact_id.is_not(None)
    )
    for name, family in session.execute(query.order_by(Variant.id.desc())):
        if use is None or find_use(family) in (None, use):
            yield name


def list_source_jobs(session: Session, what: Readable, *, limit: int = 20) -> Sequence[Job]:
    """Finished jobs that made this, newest first: outputs, answers and scores are named by
    their job.
    """
    makers = [spec.kind for spec in registry.list_specs() if what in spec.makes]
    query = select(Job).where(Job.kind.in_(makers), Job.state == JobState.SUCCEEDED)
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()
