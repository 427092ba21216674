"""model.import: finds the source, lets a child process check it, records the model."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets import sources
from domain.jobs.models import Job
from domain.settings import Settings
from domain.variants import service as variants
from domain.variants.service import Files, Origin
from specs.kinds.model.model_import import ModelImport
from workers.kinds import Task


def prepare(
    session: Session,  # noqa: ARG001 - the contract of Prepare
    job: Job,  # noqa: ARG001 - the same
    spec: ModelImport,
    settings: Settings,
) -> dict[str, Any]:
    """A folder inside the import folders, or a hub; the child process looks at what lies there."""
    if spec.is_on_hub:
        return {"path": spec.source, "allow_hub": settings.model_hub}
    return {"path": str(sources.confine(spec.source, settings.allowed_import_roots))}


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    variant = variants.record(
        session,
        name=result["name"],
        family=result["family"],
        files=Files(
            artifact=published["output"],
            folder=result["folder"],
            digest=result["digest"],
            size_bytes=result["size_bytes"],
        ),
        origin=Origin(recipe={"spec": dict(job.spec), "components": result["components"]}),
        job=job,
    )
    return {**result, "variant_id": str(variant.id), "rows": {result["folder"]: str(variant.id)}}


TASK = Task(
    spec=ModelImport,
    compute="ml.importing.model:import_model",
    prepare=prepare,
    record=record,
    output="model",
)
