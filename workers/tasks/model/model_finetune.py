"""model.finetune: records the tuned model."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.shelf import service as shelf
from domain.variants import service as variants
from domain.variants.models import Variant
from domain.variants.service import Files, Origin
from specs.kinds.model.model_finetune import ModelFinetune
from workers import publishing
from workers.kinds import Task

FOLDER = ModelFinetune.makes["model"]


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    return record_tuned(session, job, result, published, learnt="dataset")


def record_tuned(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],
    *,
    learnt: str,
    began: str = "base",
) -> dict[str, Any]:
    """`learnt` is the input that it learnt from, after which it is named; `began` the model."""
    read = job_inputs.list_rows(session, job.id)
    base, source = read[began], read[learnt]
    assert isinstance(base, Variant), "What this kind begins with is one."
    variant = variants.record(
        session,
        name=job.spec["name"] or _make_name(session, base, getattr(source, "name", "")),
        family=result["family"],
        origin=Origin(
            base=base,
            method=result["method"],
            recipe={
                "spec": dict(job.spec),
                "component": result["component"],
                "kind": result.get("kind", "pipeline"),
                f"{learnt}_id": str(source.id),
            },
            card=publishing.read_card(published["output"], "card.md"),
        ),
        files=Files(
            artifact=published["output"],
            folder=FOLDER,
            digest=result["digest"],
            size_bytes=result["size_bytes"],
        ),
        job=job,
    )
    made = {"variant_id": str(variant.id), "rows": {FOLDER: str(variant.id)}, "name": variant.name}
    return {**result, **made}


def _make_name(session: Session, base: Variant, source: str) -> str:
    wanted = f"{base.name} on {source}"[: shelf.LONGEST_NAME - len(" (999)")]
    (name,) = shelf.list_free_names(session, Variant, [wanted])
    return name


TASK = Task(
    spec=ModelFinetune,
    compute="ml.finetuning.run:finetune",
    record=record,
    preloaded=True,
    output="model",
)
