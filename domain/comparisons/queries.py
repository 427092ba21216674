"""Which comparisons there are, and in which of them a model stands."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from domain.benchmarks.models import Score
from domain.jobs import queries as jobs
from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from domain.variants.models import Variant
from specs.kinds.answers.answers_ablate import AnswersAblate
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.distillation.distillation_run import DistillationRun

# The jobs that set side by side what others measured: each is a comparison, by its id.
KINDS = (DistillationRun.kind, AnswersCompare.kind, AnswersAblate.kind)


def list_comparisons(
    session: Session, *, kind: str = "", limit: int = 50, before: uuid.UUID | None = None
) -> Sequence[Job]:
    """Newest first, whatever their state. `before` continues a list after its last row."""
    kinds = [kind] if kind in KINDS else KINDS
    return jobs.list_jobs(session, kinds=kinds, limit=limit, before=before)


def list_by_variant(session: Session, variant: Variant, *, limit: int = 20) -> Sequence[Job]:
    """Those that have ended well, newest first: over jobs that read this model or scored it, and
    over jobs that read what those made.
    """
    read = select(JobInput.job_id).where(JobInput.variant_id == variant.id)
    scored = select(Score.job_id).where(Score.variant_id == variant.id)
    near = union(read, scored).subquery()
    line = select(near.c.job_id).cte("line", recursive=True)
    line = line.union(select(JobInput.job_id).where(JobInput.source_job_id == line.c.job_id))
    query = select(Job).where(
        Job.id.in_(select(line.c.job_id)), Job.kind.in_(KINDS), Job.state == JobState.SUCCEEDED
    )
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()
