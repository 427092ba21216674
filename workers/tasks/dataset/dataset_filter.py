"""dataset.filter: looks up the region, records what was kept and the funnel."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets import service as datasets
from domain.datasets.models import Dataset
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.regions import service as regions
from domain.settings import Settings
from specs.kinds.dataset.dataset_filter import DatasetFilter
from workers import publishing
from workers.kinds import Task


def prepare(
    session: Session,  # noqa: ARG001 - the contract of Prepare
    job: Job,  # noqa: ARG001 - the same
    spec: DatasetFilter,
    settings: Settings,
) -> dict[str, Any]:
    return {"region": regions.get_region(settings, spec.region) if spec.region else None}


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    parent = job_inputs.list_rows(session, job.id)["dataset"]
    assert isinstance(parent, Dataset), "What this kind reads as 'dataset' is one."
    facts = {
        **result,
        "name": job.spec["name"],
        # The computation saw a folder; people know the data set by its name.
        "source": parent.name,
        "reader": "filter",
        "card": publishing.read_card(published["output"], "card.md"),
    }
    dataset = datasets.record(session, job, facts, published["output"], parent=parent)
    return {
        "dataset_id": str(dataset.id),
        "rows": {"": str(dataset.id)},
        "name": dataset.name,
        "digest": dataset.digest,
        "num_items": dataset.num_items,
        "num_problems": dataset.num_problems,
        "num_rejected": dataset.num_rejected,
        "funnel": dataset.funnel,
        # Of a filter with a reward only.
        **{name: result[name] for name in ("calibration",) if name in result},
    }


TASK = Task(
    spec=DatasetFilter,
    compute="ml.filtering.run:filter_dataset",
    prepare=prepare,
    record=record,
    preloaded=True,
    output="dataset",
)
