"""images.generate: records a row per picture. What a sweep drew
belongs to the merge that it interpolated, which has no files until somebody writes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.outputs import service as outputs
from domain.prompts.models import PromptSet
from domain.variants import merges
from domain.variants.models import Variant
from specs.kinds.images.images_generate import ImagesGenerate
from workers import kinds, publishing
from workers.kinds import Task


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    spec = kinds.read_spec(job)
    read = job_inputs.list_rows(session, job.id)
    base, tuned, prompt_set = read["base"], read.get("tuned"), read["prompts"]
    assert isinstance(spec, ImagesGenerate), "Tasks are found by kind."
    assert isinstance(base, Variant), "What this kind reads as 'base' is one."
    assert tuned is None or isinstance(tuned, Variant), "The same of 'tuned'."
    assert isinstance(prompt_set, PromptSet), "What this kind reads as 'prompts' is one."
    rows = list(publishing.read_rows(published["output"], "outputs.jsonl"))
    variants = _find_variants(session, spec, base, tuned, rows, job)
    num_new = outputs.record(
        session, job, rows, prompt_set=prompt_set, variants=variants, artifact=published["output"]
    )
    return {
        **result,
        "num_outputs": len(rows),
        "num_new": num_new,
        # By the names in outputs.jsonl, which a benchmark repeats.
        "rows": {name: str(variant.id) for name, variant in variants.items()},
    }


def _find_variants(
    session: Session,
    spec: ImagesGenerate,
    base: Variant,
    tuned: Variant | None,
    rows: Sequence[Mapping[str, Any]],
    job: Job,
) -> dict[str, Variant]:
    betas = {row["variant"]: row["beta"] for row in rows}
    if tuned is None:
        return dict.fromkeys(betas, base)
    return {
        name: merges.find_or_make(session, merges.read_sweep(spec, base, tuned, beta), job=job)
        for name, beta in betas.items()
    }


TASK = Task(
    spec=ImagesGenerate,
    compute="ml.generation.run:generate",
    record=record,
    preloaded=True,
    output="outputs",
)
