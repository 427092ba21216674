"""Whether what a job will make can be called as its specification says."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.datasets.models import Dataset
from domain.jobs import rules
from domain.jobs.models import Job, JobState
from domain.launches import errors
from domain.launches.describing import Found
from domain.shelf import errors as shelf_errors
from domain.shelf import service as shelf
from domain.shelf.models import Named
from domain.variants import merges
from domain.variants import rules as variant_rules
from domain.variants.models import Variant
from specs import registry
from specs.inputs import NAMED, Readable
from specs.job import JobSpec
from specs.kinds.model.model_merge import ModelMerge

_TABLES: Mapping[Readable, type[Named]] = {
    "dataset": Dataset,
    "model": Variant,
    "quiz": Benchmark,
}


def check_free(session: Session, spec: JobSpec) -> None:
    """Again, when the job begins: better now than after hours."""
    name = getattr(spec, "name", "")
    for what, table in _TABLES.items():
        if name and spec.makes.get(what, NAMED) != NAMED:
            shelf.check_name(session, table, name)


def check(session: Session, spec: JobSpec, found: Mapping[str, Found]) -> None:
    """The name is free, and no job that is under way will take it. Of two launches in one instant
    the second waits for the first to be committed.
    """
    if isinstance(spec, ModelMerge):
        _check_merges(session, spec, found)
        return
    name = getattr(spec, "name", "")
    for what, table in _TABLES.items():
        if name and what in spec.makes:
            shelf.check_name(session, table, name)
            _check_not_under_way(session, what, name)


def _check_not_under_way(session: Session, what: Readable, name: str) -> None:
    lock = func.hashtextextended(f"launches.{what}:{name}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    same_makers = [
        each.kind for each in registry.list_specs() if each.makes.get(what, NAMED) != NAMED
    ]
    same = select(Job.id).where(
        Job.kind.in_(same_makers),
        Job.state.in_((*rules.PENDING, JobState.RUNNING)),
        Job.spec["name"].astext == name,
    )
    if session.scalars(same.limit(1)).first() is not None:
        raise errors.JobUnderWay(name)


def _check_merges(session: Session, spec: ModelMerge, found: Mapping[str, Found]) -> None:
    """A merge that is there already is no hindrance: it is made again under its name."""
    base, tuned = (found[name].row if name in found else None for name in ("base", "tuned"))
    if not spec.name or not isinstance(base, Variant) or not isinstance(tuned, Variant):
        return
    for beta in spec.betas:
        name = variant_rules.name_merge(spec.name, beta)
        taken = shelf.find_by_name(session, Variant, name)
        if taken is None:
            continue
        merge = merges.read_merge(spec, base, tuned, beta)
        if not merges.is_same(taken, merge):
            raise shelf_errors.NameTaken(
                Variant.noun, name, is_archived=taken.archived_at is not None
            )
