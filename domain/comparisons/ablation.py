"""A data ablation that was made: which models its lines are, and what each of them learnt from.

It names models as their scores did; here they are rows again, as far as they were taught, asked and
scored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.comparisons import errors
from domain.datasets.models import Dataset
from domain.jobs.models import Job, JobState
from domain.launches import inputs as job_inputs
from domain.variants import queries as variants
from domain.variants.models import Variant
from specs.kinds.answers.answers_ablate import BASE, AnswersAblate
from specs.kinds.model.model_instruct import ModelInstruct


@dataclass(frozen=True, kw_only=True)
class Portion:
    """So much of what was taught; what is seen twice counts twice."""

    row: Dataset | Benchmark
    num_seen: int


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A line of the table."""

    label: str
    variant: Variant | None  # none of one that is not known here
    captions: Portion | None = None
    questions: Portion | None = None


@dataclass(frozen=True, kw_only=True)
class Ablated:
    quiz: Benchmark | None
    runs: Sequence[Taught]  # the base first


def find(session: Session, job: Job) -> Ablated:
    """Of one that has succeeded. Raises NoComparison."""
    if job.kind != AnswersAblate.kind or job.state != JobState.SUCCEEDED or not job.result:
        raise errors.NoComparison(job.id)
    read = job_inputs.list_rows(session, job.id)
    named = job.result["variants"]
    rows = job.result["scopes"][0]["rows"] if job.result["scopes"] else ()
    places = {BASE: BASE} | {row["label"]: f"taught-{at}" for at, row in enumerate(rows, start=1)}
    return Ablated(
        quiz=_find_quiz(session, read.get(BASE)),
        runs=[
            _describe(session, label, _find_variant(session, read.get(place), named[label]))
            for label, place in places.items()
        ],
    )


def _find_quiz(session: Session, scored: Any) -> Benchmark | None:
    found = job_inputs.list_rows(session, scored.id).get("quiz") if scored else None
    return found if isinstance(found, Benchmark) else None


def _find_variant(session: Session, scored: Any, name: str) -> Variant | None:
    """Whom these scores call by this name."""
    answered = job_inputs.list_rows(session, scored.id).get("outputs") if scored else None
    rows = (answered.result or {}).get("rows", {}) if isinstance(answered, Job) else {}
    found = variants.list_by_id(session, [rows[name]]) if name in rows else {}
    return next(iter(found.values()), None)


def _describe(session: Session, label: str, variant: Variant | None) -> Taught:
    job = session.get(Job, variant.job_id) if variant and variant.job_id else None
    if job is None or job.kind != ModelInstruct.kind:
        return Taught(label=label, variant=variant)
    read, told = job_inputs.list_rows(session, job.id), job.result or {}
    seen = {
        "dataset": told.get("caption_steps", 0) * job.spec["batch_size"],
        "quiz": round(told.get("num_questions", 0) * told.get("epochs", 0)),
    }
    portions = {name: _weigh(read.get(name), num) for name, num in seen.items()}
    return Taught(
        label=label, variant=variant, captions=portions["dataset"], questions=portions["quiz"]
    )


def _weigh(row: Any, num_seen: int) -> Portion | None:
    return Portion(row=row, num_seen=num_seen) if row is not None and num_seen else None
