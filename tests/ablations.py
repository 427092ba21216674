"""A data ablation as answers.ablate leaves it: the paper's five additions over made-up answers, the
same every time, with jobs and models behind it.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from domain.variants.models import Variant
from specs.job import JobSpec
from specs.kinds.answers.answers_ablate import AnswersAblate
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.model.model_instruct import ModelInstruct
from stats.frontier import ablation
from stats.frontier.ablation import Run
from stats.frontier.plane import Drawing
from tests.factories import make_benchmark, make_dataset, make_job, make_variant

# Of each: how many in a hundred it answers right, and whose data it adds to.
RUNS: Mapping[str, tuple[int, int]] = {
    "base": (10, 0),
    "50,000 captions": (24, 0),
    "250,000 captions": (44, 1),
    "+ open questions": (46, 2),
    "+ multiple choice": (22, 2),
    "+ one subject only": (40, 2),
}
_NUM_QUESTIONS = 160
_STEPS = {"50,000 captions": 782}


def make_facts(scopes: tuple[str, ...] = ("global", "regional")) -> dict[str, Any]:
    return {
        "mode": "choice", "metric": "choice",
        "quiz": {"name": "Dishes of six cities", "digest": "d" * 64},
        "variants": dict.fromkeys(RUNS, "model"), "drawn": "questions", "num_resamples": 200,
        "confidence": 0.95, "seed": 0,
        "scopes": [{"scope": scope, **_compare(scope)} for scope in scopes],
    }  # fmt: skip


def _compare(scope: str) -> dict[str, Any]:
    luck = random.Random(scope)
    hardness = [luck.uniform(0, 100) for _ in range(_NUM_QUESTIONS)]
    runs = [
        Run(
            label=label,
            values={str(at): 100.0 * (each < share) for at, each in enumerate(hardness)},
            against=against,
        )
        for label, (share, against) in RUNS.items()
    ]
    found = ablation.compare(runs, {}, Drawing(num_resamples=200, seed=0, confidence=0.95))
    return {
        "num_questions": found.num_questions,
        "num_clusters": found.num_clusters,
        "num_left_out": 2,
        "base": asdict(found.base),
        "rows": [asdict(row) for row in found.rows],
    }


def make_ablation(session: Session) -> Job:
    """A finished answers.ablate, with the jobs that it is built on and the models that answered."""
    quiz = make_benchmark(session, name="Dishes of six cities", format="quiz")
    base = make_variant(session, name="Cook 7B", family="llava")
    captions = make_dataset(session, name="Plates with captions")
    lessons = make_benchmark(session, name="Lessons", format="quiz")
    job = _finish(session, AnswersAblate(labels=tuple(RUNS)[1:]), make_facts())
    for at, label in enumerate(RUNS):
        model = base if at == 0 else _teach(session, base, label, captions.id, lessons)
        place = "base" if at == 0 else f"taught-{at}"
        scored = _score(session, model, quiz)
        session.add(JobInput(job_id=job.id, name=place, source_job_id=scored.id))
    session.flush()
    return job


def _teach(
    session: Session, base: Variant, label: str, captions: Any, lessons: Benchmark
) -> Variant:
    asks = label.startswith("+")
    told = {
        "caption_steps": _STEPS.get(label, 3907),
        "num_questions": 1200 if asks else 0,
        "epochs": 3.0 if asks else 0.0,
    }
    job = _finish(session, ModelInstruct(base=base.name, batch_size=64), told)
    session.add(JobInput(job_id=job.id, name="dataset", dataset_id=captions))
    session.add(JobInput(job_id=job.id, name="quiz", benchmark_id=lessons.id))
    return make_variant(session, name=f"Cook 7B, {label}", base=base, job_id=job.id)


def _score(session: Session, model: Variant, quiz: Benchmark) -> Job:
    answered = _finish(session, AnswersGenerate(), {"rows": {"model": str(model.id)}})
    scored = _finish(session, AnswersScore(), {})
    session.add(JobInput(job_id=answered.id, name="base", variant_id=model.id))
    session.add(JobInput(job_id=scored.id, name="outputs", source_job_id=answered.id))
    session.add(JobInput(job_id=scored.id, name="quiz", benchmark_id=quiz.id))
    return scored


def _finish(session: Session, spec: JobSpec, result: dict[str, Any]) -> Job:
    return make_job(session, state=JobState.SUCCEEDED, spec=spec, result=result)
