"""A data set imported for real, without a queue or a child process in between."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.datasets.models import Dataset
from domain.jobs.models import JobState
from domain.settings import Settings
from ml import digests
from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs.dataset_import import DatasetImport
from tests import pictures
from tests.factories import make_job
from workers.tasks.dataset_import import TASK


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
    job = make_job(session, state=JobState.RUNNING, spec=spec)
    staging = storage.make_staging(settings.artifacts_root, settings.data, f"{job.id}-1")
    result = import_dataset(
        spec,
        out_dir=staging,
        state_dir=settings.data / "state" / str(job.id),
        progress=Silent(),
        **TASK.prepare(session, job, spec, settings),
    )
    sha256 = digests.of_folder(staging)
    uri = storage.join(settings.artifacts_root, "jobs", str(job.id), "1")
    storage.publish_folder(staging, uri)
    artifact = artifacts.record(
        session, kind=TASK.output, uri=uri, sha256=sha256, size_bytes=result["size_bytes"]
    )
    recorded = TASK.record(session, job, result, {"output": artifact})
    job.state, job.result = JobState.SUCCEEDED, recorded
    job.lease_owner = job.lease_expires_at = None
    session.flush()
    dataset = session.get(Dataset, recorded["dataset_id"])
    assert dataset is not None
    return dataset
