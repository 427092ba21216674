"""dataset.import: finds the source, lets a child process read it, records the data set."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets import service as datasets
from domain.datasets import sources
from domain.jobs.models import Job
from domain.settings import Settings
from specs.kinds.dataset.dataset_import import DatasetImport
from workers import kinds
from workers.kinds import Task


def prepare(
    session: Session,
    job: Job,
    spec: DatasetImport,
    settings: Settings,
) -> dict[str, Any]:
    """Everything that can be refused before anything is read."""
    found = sources.find(session, spec.source, settings)
    path = sources.fetch(found, kinds.find_state(settings, job.id) / "source")
    return {"path": str(path), "source_name": found.name}


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    dataset = datasets.record(session, job, result, published["output"])
    return {
        "dataset_id": str(dataset.id),
        "rows": {"": str(dataset.id)},
        "name": dataset.name,
        "digest": dataset.digest,
        "num_items": dataset.num_items,
        "num_problems": dataset.num_problems,
    }


TASK = Task(
    spec=DatasetImport,
    compute="ml.importing.dataset:import_dataset",
    prepare=prepare,
    record=record,
    output="dataset",
)
