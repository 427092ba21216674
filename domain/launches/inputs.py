"""Which rows a job reads: written down when it is launched, read when it runs."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.datasets.models import Dataset
from domain.jobs import family
from domain.jobs.models import Job
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex
from domain.launches import references
from domain.launches.describing import Found, Row
from domain.launches.models import JobInput
from domain.prompts.models import PromptSet
from domain.variants.models import Variant
from specs.job import JobSpec

_COLUMNS: Mapping[type[Row], str] = {
    Dataset: "dataset_id",
    Variant: "variant_id",
    PromptSet: "prompt_set_id",
    Benchmark: "benchmark_id",
    KnowledgeBase: "knowledge_base_id",
    KnowledgeIndex: "knowledge_index_id",
    Job: "source_job_id",
}


def remember(session: Session, job: Job, found: Mapping[str, Found]) -> None:
    """An input that is known already stays what it is."""
    for name, each in found.items():
        if each.row is not None:
            values = {"job_id": job.id, "name": name, _COLUMNS[type(each.row)]: each.row.id}
            session.execute(insert(JobInput).values(**values).on_conflict_do_nothing())


def recall(session: Session, job: Job, spec: JobSpec) -> dict[str, Found]:
    """What the job reads, now that all jobs before it have ended. Rows that were meant when it was
    launched are the ones, whatever they are called by now.
    """
    parents = family.load_parents(session, job.id)
    meant = list_rows(session, job.id)
    found = references.resolve(session, spec, parents, known=meant)
    remember(session, job, found)
    return {name: _pin(job, parents.get(name), each) for name, each in found.items()}


def _pin(job: Job, parent: Job | None, found: Found) -> Found:
    """A knowledge base may have changed since: its passages as they were are meant, those that the
    job was launched over, or that the job before it left.
    """
    if not isinstance(found.row, KnowledgeBase):
        return found
    meant = (parent.result or {}).get("digest") if parent else job.inputs.get(found.input.name)
    return replace(found, digest=meant or found.digest)


def list_rows(session: Session, job_id: uuid.UUID) -> dict[str, Row]:
    """What a job reads, by the names of its inputs, whether its files are still there or not."""
    rows: dict[str, Row] = {}
    for each in session.scalars(select(JobInput).where(JobInput.job_id == job_id)):
        for table, column in _COLUMNS.items():
            row_id = getattr(each, column)
            if row_id is not None:
                rows[each.name] = cast("Row", session.get_one(table, row_id))
    return rows
