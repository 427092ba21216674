"""A job is queued when it can work, as far as that can be known now, and the audit log says who
asked for it. Doors launch here and nowhere else; `jobs.enqueue` below knows no kind.
"""

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from domain.datasets import service as datasets
from domain.errors import Invalid
from domain.jobs import service as jobs
from domain.jobs.models import Job
from domain.jobs.service import Enqueued
from domain.settings import Settings
from domain.users import audit
from domain.users.person import Person
from specs.dataset_import import DatasetImport
from specs.job import JobSpec
from specs.recipe import Recipe, RecipeImpossible, plan

_NOTHING: Mapping[str, Any] = MappingProxyType({})

# What a kind asks before it is queued. A check raises, or returns digests of what will be read.
_CHECKS: Mapping[str, Callable[[Session, Any, Settings], Mapping[str, str]]] = {
    DatasetImport.kind: datasets.check_import,
}


def launch(
    session: Session,
    spec: JobSpec,
    settings: Settings,
    *,
    actor: Person | None,
    parents: Mapping[str, uuid.UUID] = _NOTHING,
    inputs: Mapping[str, str] = _NOTHING,
    priority: int = 100,
    fresh: bool = False,
) -> Enqueued:
    """Queue the job, or offer the earlier one that has done exactly this already. `actor` is None
    for whoever sits at the machine itself.
    """
    made = jobs.enqueue(
        session,
        spec,
        created_by=actor.id if actor else None,
        parents=parents,
        inputs={**inputs, **(_check(session, spec, settings) or {})},
        priority=priority,
        fresh=fresh,
    )
    if not made.reused:
        _note(session, actor, "launch", made.job)
    return made


def clone(
    session: Session,
    job_id: uuid.UUID,
    settings: Settings,
    *,
    actor: Person | None,
    changes: Mapping[str, Any] | None = None,
) -> Job:
    """A new job like that one, with these changes of its specification."""
    spec = jobs.change_spec(jobs.get(session, job_id), changes)
    made = jobs.clone(
        session,
        job_id,
        created_by=actor.id if actor else None,
        changes=changes,
        # What is read may be another thing now.
        inputs=_check(session, spec, settings),
    )
    _note(session, actor, "clone", made)
    return made


def launch_recipe(
    session: Session,
    recipe: Recipe,
    settings: Settings,
    *,
    actor: Person | None,
    fresh: bool = False,
) -> list[Job]:
    """The jobs of all steps, in the plan's order: one row per step, waiting for those it needs. A
    step whose result is known already is that earlier job.
    """
    try:
        steps = plan(recipe)
    except RecipeImpossible as error:
        raise Invalid(str(error), field="steps") from error
    made: dict[str, Job] = {}
    for step in steps:
        parents = {name: made[parent].id for name, parent in step.parents.items()}
        launched = launch(session, step.spec, settings, actor=actor, parents=parents, fresh=fresh)
        made[step.name] = launched.job
    return list(made.values())


def _check(session: Session, spec: JobSpec, settings: Settings) -> Mapping[str, str] | None:
    check = _CHECKS.get(spec.kind)
    return check(session, spec, settings) if check else None


def _note(session: Session, actor: Person | None, verb: str, job: Job) -> None:
    audit.record(
        session,
        actor,
        f"job.{verb}",
        subject=("job", job.id),
        kind=job.kind,
        created_by=str(job.created_by_id) if job.created_by_id else None,
    )
