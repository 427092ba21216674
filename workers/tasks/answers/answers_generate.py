"""answers.generate: records a row per answer. What a sweep answered belongs to the merge that it
interpolated; what was answered with passages, to a variant of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.benchmarks.models import Benchmark
from domain.jobs.models import Job
from domain.launches import helping
from domain.launches import inputs as job_inputs
from domain.outputs import answering
from domain.prompts import service as prompts
from domain.variants import merges, retrieval
from domain.variants.models import Variant
from specs.kinds.answers.answers_generate import AnswersGenerate
from workers import kinds, publishing
from workers.kinds import Task


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    read = job_inputs.list_rows(session, job.id)
    quiz = read["quiz"]
    assert isinstance(quiz, Benchmark), "What this kind reads as 'quiz' is one."
    rows = list(publishing.read_rows(published["output"], "outputs.jsonl"))
    variants = _find_variants(session, job, read, rows)
    recorded = answering.record(
        session,
        job,
        rows,
        prompt_set=prompts.get(session, quiz.prompts_id),
        variants=variants,
        artifact=published["output"],
    )
    return {
        **result,
        "benchmark_id": str(quiz.id),
        "num_outputs": recorded.num_outputs,
        "num_new": recorded.num_new,
        "num_empty": recorded.num_empty,
        # By the names in outputs.jsonl, which scores repeat.
        "rows": {name: str(variant.id) for name, variant in variants.items()},
    }


def _find_variants(
    session: Session, job: Job, read: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Variant]:
    spec = kinds.read_spec(job)
    base, tuned, found = read["base"], read.get("tuned"), read.get("passages")
    assert isinstance(spec, AnswersGenerate), "Tasks are found by kind."
    assert isinstance(base, Variant), "What this kind reads as 'base' is one."
    assert tuned is None or isinstance(tuned, Variant), "The same of 'tuned'."
    assert found is None or isinstance(found, Job), "Passages are named by the job that found them."
    betas = {row["variant"]: row["beta"] for row in rows}
    variants = {
        name: base if tuned is None else _find_merge(session, spec, base, tuned, beta, job)
        for name, beta in betas.items()
    }
    if found is None:
        return variants
    help_ = helping.describe(session, found, num_passages=spec.num_passages)
    return {
        name: retrieval.find_or_make(session, variant, help_, job=job)
        for name, variant in variants.items()
    }


def _find_merge(
    session: Session,
    spec: AnswersGenerate,
    base: Variant,
    tuned: Variant,
    beta: float,
    job: Job,
) -> Variant:
    return merges.find_or_make(session, merges.read_whole(spec, base, tuned, beta), job=job)


TASK = Task(
    spec=AnswersGenerate,
    compute="ml.answering.run:answer",
    record=record,
    preloaded=True,
    output="outputs",
)
