"""Data sets imported and filtered for real, without a queue or a child process in between."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.datasets.models import Dataset
from domain.jobs.models import JobState
from domain.launches.models import JobInput
from domain.settings import Settings
from ml import digests
from ml.filtering import run as filtering
from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs.job import JobSpec
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.dataset.dataset_import import DatasetImport
from tests import pictures
from tests.factories import make_job
from workers.kinds import Task
from workers.tasks.dataset.dataset_filter import TASK as FILTER
from workers.tasks.dataset.dataset_import import TASK as IMPORT


def import_folder(
    session: Session, settings: Settings, folder: Path | None = None, **fields: Any
) -> Dataset:
    """From the inbox to the row; a folder of three good pictures and a bad one if none is given."""
    if folder is None:
        folder = pictures.write_folder(settings.inbox / "pictures", num_items=3)
        (folder / "bad.jpg").write_bytes(b"<html>")
        (folder / "bad.txt").write_text("Not a picture", "utf-8")
    given = {"name": "Pictures", "source": str(folder), "licence": "CC-BY-4.0"}
    spec = DatasetImport.model_validate({**given, **fields})
    return _carry_out(session, settings, spec, IMPORT, import_dataset)


def filter_dataset(session: Session, settings: Settings, parent: Dataset, **fields: Any) -> Dataset:
    """What the stages keep of a data set whose files are there."""
    spec = DatasetFilter.model_validate({"dataset": parent.name, **fields})
    folder = storage.find_local(artifacts.get(session, parent.artifact_id).uri)
    assert folder is not None, "What was imported here is on a disk."
    compute = partial(filtering.filter_dataset, dataset=folder)
    return _carry_out(session, settings, spec, FILTER, compute, parent)


def _carry_out(
    session: Session,
    settings: Settings,
    spec: JobSpec,
    task: Task,
    compute: Callable[..., dict[str, Any]],
    parent: Dataset | None = None,
) -> Dataset:
    job = make_job(session, state=JobState.RUNNING, spec=spec)
    if parent is not None:
        session.add(JobInput(job_id=job.id, name="dataset", dataset_id=parent.id))
    staging = storage.make_staging(settings.artifacts_root, settings.data, f"{job.id}-1")
    result = compute(
        spec,
        out_dir=staging,
        state_dir=settings.data / "state" / str(job.id),
        progress=Silent(),
        **task.prepare(session, job, spec, settings),
    )
    sha256 = digests.of_folder(staging)
    uri = storage.join(settings.artifacts_root, "jobs", str(job.id), "1")
    storage.publish_folder(staging, uri)
    artifact = artifacts.record(
        session, kind=task.output, uri=uri, sha256=sha256, size_bytes=result["size_bytes"]
    )
    recorded = task.record(session, job, result, {"output": artifact})
    job.state, job.result = JobState.SUCCEEDED, recorded
    job.finished_at = job.started_at = clock.now()
    job.lease_owner = job.lease_expires_at = None
    session.flush()
    return session.get_one(Dataset, recorded["dataset_id"])
