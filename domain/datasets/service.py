"""Data sets: what an import or a filter made, archive. What pages list is in queries.py, what they
read from the files in contents.py.
"""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets import errors, sources
from domain.datasets.models import Dataset
from domain.jobs.models import Job
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.users.person import Person

# Parts of a computation's result that the row keeps in columns of their own.
_COLUMNS = ("name", "source", "reader", "licence", "digest", "num_items", "num_problems",
            "num_rejected", "size_bytes", "funnel")  # fmt: skip


def get(session: Session, dataset_id: uuid.UUID) -> Dataset:
    dataset = session.get(Dataset, dataset_id)
    if dataset is None:
        raise errors.DatasetNotFound(dataset_id)
    return dataset


def find_by_name(session: Session, name: str) -> Dataset | None:
    return shelf.find_by_name(session, Dataset, name)


def check_source(session: Session, source: str, settings: Settings) -> dict[str, str]:
    """Whether the source may be read and is there. Returns the digest of an upload."""
    found = sources.find(session, source, settings)
    return {"upload": found.artifact.sha256} if isinstance(found, sources.Upload) else {}


def record(
    session: Session,
    job: Job | None,
    facts: dict[str, Any],
    artifact: Artifact,
    *,
    parent: Dataset | None = None,
) -> Dataset:
    """The row of what an import found, or what a filter kept of `parent`, and published."""
    dataset = Dataset(
        name=facts["name"],
        source_kind=facts["reader"],
        source=facts["source"],
        licence=facts["licence"],
        digest=facts["digest"],
        num_items=facts["num_items"],
        num_problems=facts["num_problems"],
        num_rejected=facts.get("num_rejected", 0),
        size_bytes=facts["size_bytes"],
        summary={name: value for name, value in facts.items() if name not in _COLUMNS},
        funnel=facts["funnel"] if parent else None,
        parent_id=parent.id if parent else None,
        artifact_id=artifact.id,
        job_id=job.id if job else None,
        created_by_id=job.created_by_id if job else None,
    )
    return shelf.add(session, dataset)


def rename(session: Session, dataset_id: uuid.UUID, name: str, *, actor: Person) -> Dataset:
    return shelf.rename(session, get(session, dataset_id), name, actor=actor)


def archive(session: Session, dataset_id: uuid.UUID, *, actor: Person) -> Dataset:
    return shelf.archive(session, get(session, dataset_id), actor=actor)


def unarchive(session: Session, dataset_id: uuid.UUID, *, actor: Person) -> Dataset:
    return shelf.unarchive(session, get(session, dataset_id), actor=actor)
