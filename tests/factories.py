"""Rows for tests: functions with keyword overrides, flushed and ready to use."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.datasets.models import Dataset
from domain.db import new_id
from domain.jobs import events
from domain.jobs.models import Job, JobParent, JobState
from domain.users import passwords
from domain.users.models import Role, User
from specs.dataset_import import DatasetImport
from specs.job import JobSpec
from specs.system_check import SystemCheck


def make_job(
    session: Session,
    *,
    state: str = JobState.QUEUED,
    spec: JobSpec | None = None,
    parents: dict[str, uuid.UUID] | None = None,
    **changes: Any,
) -> Job:
    """A job in this state, with the row that its state demands and its first event."""
    spec = spec or SystemCheck()
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": spec.kind,
        "queue": spec.queue,
        "priority": 100,
        "queue_position": clock.now().timestamp(),
        "spec": spec.to_json(),
        "spec_hash": spec.digest(),
        "inputs": {},
        "state": state,
        "attempt": 0,
        "max_attempts": 3,
        "fencing_token": 0,
        "num_events": 0,
        "progress": {},
    }
    if state == JobState.RUNNING:
        values |= {
            "attempt": 1,
            "fencing_token": 1,
            "lease_owner": "somebody",
            "lease_expires_at": clock.now() + dt.timedelta(seconds=30),
        }
    if state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.LOST):
        values |= {"attempt": 1, "fencing_token": 1, "finished_at": clock.now()}
    if state == JobState.SUCCEEDED:
        values["result"] = {}
    job = Job(**values | changes)
    session.add(job)
    session.flush()
    for name, parent_id in (parents or {}).items():
        session.add(JobParent(job_id=job.id, parent_id=parent_id, name=name))
    events.add(session, job, "queued")
    session.flush()
    return job


def make_user(
    session: Session, *, role: str = Role.RESEARCHER, password: str | None = None, **changes: Any
) -> User:
    """A person. Without a password none is hashed, which is slow on purpose."""
    values: dict[str, Any] = {
        "id": new_id(),
        "email": f"{role}-{uuid.uuid4().hex[:12]}@example.org",
        "role": str(role),
        "password_hash": passwords.make_hash(password) if password else None,
    }
    user = User(**values | changes)
    session.add(user)
    session.flush()
    return user


def make_dataset(session: Session, **changes: Any) -> Dataset:
    """A data set's row, with the job and the artifact that it comes from. Without files: those
    come from `import_folder` in tests/imports.py.
    """
    name = changes.get("name", f"Dataset {new_id().hex[-6:]}")
    spec = DatasetImport(name=name, source="pictures", licence="CC-BY-4.0")
    artifact = Artifact(
        kind="dataset", uri=f"file:///nowhere/{new_id()}", sha256="a" * 64, size_bytes=1000
    )
    session.add(artifact)
    session.flush()
    values: dict[str, Any] = {
        "name": name,
        "source_kind": "folder",
        "source": spec.source,
        "licence": spec.licence,
        "digest": "d" * 64,
        "num_items": 3,
        "num_problems": 1,
        "size_bytes": 1000,
        "summary": {"counts": {}, "notes": [], "sample": [], "num_shards": 0, "num_left_out": 1},
        "artifact_id": artifact.id,
    }
    if "job_id" not in changes:
        values["job_id"] = make_job(session, state=JobState.SUCCEEDED, spec=spec).id
    dataset = Dataset(**values | changes)
    session.add(dataset)
    session.flush()
    return dataset
