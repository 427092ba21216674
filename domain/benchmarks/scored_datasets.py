"""Benchmarks that are data sets: made when an encoder is first scored over one."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark, Format
from domain.datasets.models import Dataset
from domain.jobs.models import Job
from domain.shelf import service as shelf

MIXED = "mixed"


def find_or_make(
    session: Session, dataset: Dataset, *, mode: str, scopes: Iterable[str], job: Job
) -> Benchmark:
    """Two jobs that end at once make one. `scopes` are those that were measured now: of a data set
    nobody has said before which its items are of.
    """
    lock = func.hashtextextended("benchmarks.dataset", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    same = select(Benchmark).where(Benchmark.dataset_id == dataset.id)
    found = session.scalars(same).one_or_none()
    if found is None:
        return shelf.add(session, _make(session, dataset, mode, _join(scopes), job))
    found.scope = _join({found.scope, *scopes})
    return found


def _join(scopes: Iterable[str]) -> str:
    known = set(scopes)
    return known.pop() if len(known) == 1 else MIXED


def _make(session: Session, dataset: Dataset, mode: str, scope: str, job: Job) -> Benchmark:
    (name,) = shelf.list_free_names(session, Benchmark, [dataset.name])
    return Benchmark(
        name=name,
        format=Format.DATASET.value,
        default_mode=mode,
        scope=scope,
        artifact_id=dataset.artifact_id,
        dataset_id=dataset.id,
        n_items=dataset.num_items,
        n_questions=dataset.num_items,
        malformed=0,
        summary={
            "digest": dataset.digest,
            "licence": dataset.licence,
            "source": dataset.source,
            "num_problems": dataset.num_problems,
        },
        job_id=job.id,
        created_by_id=job.created_by_id,
    )
