"""model.merge: records one variant per beta."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.variants import merges, rules
from domain.variants.models import Variant
from domain.variants.service import Files
from specs.kinds.model.model_merge import ModelMerge
from workers import kinds, publishing
from workers.kinds import Task


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    spec = kinds.read_spec(job)
    read = job_inputs.list_rows(session, job.id)
    base, tuned = read["base"], read["tuned"]
    assert isinstance(spec, ModelMerge), "Tasks are found by kind."
    assert isinstance(base, Variant), "What this kind reads as 'base' is one."
    assert isinstance(tuned, Variant), "What this kind reads as 'tuned' is one."
    made = []
    for each in result["variants"]:
        variant = merges.record(
            session,
            merges.read_merge(spec, base, tuned, each["beta"]),
            name=rules.name_merge(spec.name or tuned.name, each["beta"]),
            recipe={"spec": dict(job.spec), "component": spec.component, **each},
            card=publishing.read_card(published["output"], each["folder"], "README.md"),
            files=Files(
                artifact=published["output"],
                folder=each["folder"],
                digest=each["digest"],
                size_bytes=each["size_bytes"],
            ),
            job=job,
        )
        made.append({**each, "variant_id": str(variant.id), "name": variant.name})
    rows = {each["folder"]: each["variant_id"] for each in made}
    return {**result, "variants": made, "rows": rows}


TASK = Task(
    spec=ModelMerge,
    compute="ml.merging.run:merge",
    record=record,
    preloaded=True,
    output="model",
)
