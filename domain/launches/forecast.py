"""What a job would make and about how long it takes, before it is launched. Numbers that cannot be
known yet, because a job before it makes them, are left out rather than guessed.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.datasets.models import Dataset
from domain.errors import Word
from domain.jobs.models import Job, JobState
from domain.launches import references
from domain.launches.describing import Found, Row
from domain.prompts.models import PromptSet
from domain.variants.models import Variant
from specs.job import JobSpec
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_merge import ModelMerge

_REMEMBERED = 5  # of the newest jobs of a kind: machines change


@dataclass(frozen=True)
class Amount:
    count: int
    unit: Word  # in the plural


@dataclass(frozen=True, kw_only=True)
class Forecast:
    work: Amount | None
    size_bytes: int | None
    duration_s: float | None  # by the pace of earlier jobs of its kind


def forecast(session: Session, spec: JobSpec) -> Forecast:
    """Raises the sentence that says what cannot be read, as launching does."""
    found = references.resolve(session, spec, {})
    rows = {name: each.row for name, each in found.items() if each.row is not None}
    count = _COUNTS.get(spec.kind)
    work = count(spec, rows) if count else None
    return Forecast(
        work=work,
        size_bytes=_size(spec, found),
        duration_s=_measure(session, spec.kind, work) if work else None,
    )


def _count_merges(spec: ModelMerge, rows: Mapping[str, Row]) -> Amount | None:  # noqa: ARG001 - all take both
    return Amount(len(spec.betas), Word("models"))


def _count_pictures(spec: ImagesGenerate, rows: Mapping[str, Row]) -> Amount | None:
    prompts = rows.get("prompts")
    if not isinstance(prompts, PromptSet):
        return None
    num_prompts = min(prompts.num_prompts, spec.max_prompts or prompts.num_prompts)
    num_variants = len(spec.betas) or 1
    return Amount(num_prompts * len(spec.seeds) * num_variants, Word("pictures"))


def _count_steps(spec: ModelFinetune, rows: Mapping[str, Row]) -> Amount | None:
    dataset = rows.get("dataset")
    if spec.max_steps is not None:
        return Amount(spec.max_steps, Word("steps"))
    if not isinstance(dataset, Dataset):
        return None
    return Amount(math.ceil(spec.epochs * dataset.num_items / spec.batch_size), Word("steps"))


def _count_items(spec: DatasetFilter, rows: Mapping[str, Row]) -> Amount | None:
    dataset = rows.get("dataset")
    if not isinstance(dataset, Dataset):
        return None
    return Amount(min(dataset.num_items, spec.max_items or dataset.num_items), Word("rows"))


def _count_questions(spec: BenchmarkRun, rows: Mapping[str, Row]) -> Amount | None:  # noqa: ARG001 - all take both
    benchmark = rows.get("questions")
    if not isinstance(benchmark, Benchmark):
        return None
    return Amount(benchmark.n_questions, Word("questions for each picture's prompt"))


def _count_answers(spec: AnswersGenerate, rows: Mapping[str, Row]) -> Amount | None:
    quiz = rows.get("quiz")
    if not isinstance(quiz, Benchmark):
        return None
    num_questions = min(quiz.n_questions, spec.max_questions or quiz.n_questions)
    return Amount(num_questions * len(spec.seeds) * (len(spec.betas) or 1), Word("answers"))


_COUNTS: Mapping[str, Callable[[Any, Mapping[str, Row]], Amount | None]] = {
    ModelMerge.kind: _count_merges,
    ImagesGenerate.kind: _count_pictures,
    ModelFinetune.kind: _count_steps,
    DatasetFilter.kind: _count_items,
    BenchmarkRun.kind: _count_questions,
    AnswersGenerate.kind: _count_answers,
}


def _size(spec: JobSpec, found: Mapping[str, Found]) -> int | None:
    """Of models alone: they are what fills a disk."""
    base = found["base"].row if "base" in found else None
    if not isinstance(base, Variant) or base.size_bytes is None or "model" not in spec.makes:
        return None
    return base.size_bytes * (len(spec.betas) if isinstance(spec, ModelMerge) else 1)


def _measure(session: Session, kind: str, work: Amount) -> float | None:
    """Seconds for so many units, as long as they took before."""
    jobs = session.scalars(
        select(Job)
        .where(Job.kind == kind, Job.state == JobState.SUCCEEDED, Job.started_at.is_not(None))
        .order_by(Job.finished_at.desc())
        .limit(_REMEMBERED)
    ).all()
    paces = [pace for job in jobs if (pace := _find_pace(job, work.unit)) is not None]
    return median(paces) * work.count if paces else None


def _find_pace(job: Job, unit: str) -> float | None:
    """Seconds per unit, of a job that counted these units."""
    done = job.progress.get("done")
    if not done or job.progress.get("unit") != unit or not job.started_at or not job.finished_at:
        return None
    return (job.finished_at - job.started_at).total_seconds() / float(done)
