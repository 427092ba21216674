"""Data sets: import, record, archive. What pages list is in queries.py, what they read from the
files in contents.py.
"""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.datasets import errors, sources
from domain.datasets.models import Dataset
from domain.jobs import rules
from domain.jobs.models import Job, JobState
from domain.settings import Settings
from domain.users import audit
from domain.users.person import Person
from specs.dataset_import import DatasetImport

LONGEST_NAME = 120
# Parts of the computation's result that the row keeps in columns of their own.
_COLUMNS = ("name", "source", "reader", "licence", "digest", "num_items", "num_problems",
            "size_bytes")  # fmt: skip


def get(session: Session, dataset_id: uuid.UUID) -> Dataset:
    dataset = session.get(Dataset, dataset_id)
    if dataset is None:
        raise errors.DatasetNotFound(dataset_id)
    return dataset


def find_by_name(session: Session, name: str) -> Dataset | None:
    return session.scalars(select(Dataset).where(Dataset.name == name)).one_or_none()


def check_name(session: Session, name: str) -> None:
    taken = find_by_name(session, name)
    if taken is not None:
        raise errors.NameTaken(name, is_archived=taken.archived_at is not None)


def check_import(session: Session, spec: DatasetImport, settings: Settings) -> dict[str, str]:
    """Whether the import can work: the name is free, and the source may be read and is there.
    Returns the digest of an upload.
    """
    check_name(session, spec.name)
    _check_not_under_way(session, spec.name)
    found = sources.find(session, spec.source, settings)
    return {"upload": found.artifact.sha256} if isinstance(found, sources.Upload) else {}


def _check_not_under_way(session: Session, name: str) -> None:
    same = select(Job.id).where(
        Job.kind == DatasetImport.kind,
        Job.state.in_((*rules.PENDING, JobState.RUNNING)),
        Job.spec["name"].astext == name,
    )
    if session.scalars(same.limit(1)).first() is not None:
        raise errors.ImportUnderWay(name)


def record(session: Session, job: Job, facts: dict[str, Any], artifact: Artifact) -> Dataset:
    """The row of what an import found and published."""
    check_name(session, facts["name"])
    dataset = Dataset(
        name=facts["name"],
        source_kind=facts["reader"],
        source=facts["source"],
        licence=facts["licence"],
        digest=facts["digest"],
        num_items=facts["num_items"],
        num_problems=facts["num_problems"],
        size_bytes=facts["size_bytes"],
        summary={name: value for name, value in facts.items() if name not in _COLUMNS},
        artifact_id=artifact.id,
        job_id=job.id,
        created_by_id=job.created_by_id,
    )
    session.add(dataset)
    session.flush()
    return dataset


def rename(session: Session, dataset_id: uuid.UUID, name: str, *, actor: Person) -> Dataset:
    dataset = get(session, dataset_id)
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise errors.NameEmpty
    if name != dataset.name:
        check_name(session, name)
        audit.record(
            session, actor, "dataset.rename", subject=("dataset", dataset.id), before=dataset.name,
            after=name,
        )  # fmt: skip
        dataset.name = name
        session.flush()
    return dataset


def archive(session: Session, dataset_id: uuid.UUID, *, actor: Person) -> Dataset:
    """Out of the lists, with everything that refers to it intact."""
    dataset = get(session, dataset_id)
    if dataset.archived_at is not None:
        raise errors.AlreadyArchived(dataset.name)
    dataset.archived_at = clock.now()
    audit.record(session, actor, "dataset.archive", subject=("dataset", dataset.id))
    return dataset


def unarchive(session: Session, dataset_id: uuid.UUID, *, actor: Person) -> Dataset:
    dataset = get(session, dataset_id)
    if dataset.archived_at is None:
        raise errors.NotArchived(dataset.name)
    dataset.archived_at = None
    audit.record(session, actor, "dataset.unarchive", subject=("dataset", dataset.id))
    return dataset
