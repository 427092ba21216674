"""A job is queued when it can work, as far as that can be known now, and the audit log says who
asked for it. Doors launch here and nowhere else; `jobs.enqueue` below knows no kind.
"""

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from domain.datasets import service as datasets
from domain.datasets import sources
from domain.errors import Invalid
from domain.jobs import family
from domain.jobs import service as jobs
from domain.jobs.models import Job
from domain.jobs.service import Enqueued
from domain.launches import errors, naming, references, scoring
from domain.launches import inputs as job_inputs
from domain.launches.describing import Found
from domain.regions import service as regions
from domain.settings import Settings
from domain.users import audit
from domain.users.person import Person
from specs.job import JobSpec
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.kinds.model.model_import import ModelImport
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.kinds.quiz.quiz_import import QuizImport
from specs.recipe import Recipe, RecipeImpossible, plan

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _check_import(
    session: Session, spec: DatasetImport | KnowledgeImport | OutputsImport, settings: Settings
) -> Mapping[str, str]:
    return datasets.check_source(session, spec.source, settings)


def _check_model(_session: Session, spec: ModelImport, settings: Settings) -> Mapping[str, str]:
    """A folder inside the import folders; whether a hub may be asked is known where it runs."""
    if not spec.is_on_hub:
        sources.confine(spec.source, settings.allowed_import_roots)
    return {}


def _check_filter(_session: Session, spec: DatasetFilter, settings: Settings) -> Mapping[str, str]:
    """What a region's file says decides what is kept."""
    return _digest_region(spec.region, settings)


def _check_quiz(session: Session, spec: QuizImport, settings: Settings) -> Mapping[str, str]:
    """Which countries are regional is what a region's file says."""
    return {
        **datasets.check_source(session, spec.source, settings),
        **_digest_region(spec.region, settings),
    }


def _digest_region(region: str, settings: Settings) -> Mapping[str, str]:
    return {"region": regions.digest(regions.get_region(settings, region))} if region else {}


# What a kind asks before it is queued, besides its inputs. A check raises, or returns digests of
# what will be read.
_CHECKS: Mapping[str, Callable[[Session, Any, Settings], Mapping[str, str]]] = {
    DatasetImport.kind: _check_import,
    DatasetFilter.kind: _check_filter,
    KnowledgeImport.kind: _check_import,
    ModelImport.kind: _check_model,
    OutputsImport.kind: _check_import,
    QuizImport.kind: _check_quiz,
}
# Under which names: a job that is cloned does not keep them.
_CHECKED = frozenset({"upload", "region"})


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
    _check_actor(actor)
    before = family.lock_parents(session, parents)
    found = references.resolve(session, spec, before)
    scoring.check(session, spec, found, before)
    known = {**inputs, **_digest(session, spec, settings, found, parents)}
    if not fresh:
        same = jobs.find_same_work(session, spec, parents=parents, inputs=known)
        if same is not None:
            return Enqueued(same, reused=True)
    naming.check(session, spec, found)
    made = jobs.enqueue(
        session,
        spec,
        created_by=actor.id if actor else None,
        parents=parents,
        inputs=known,
        priority=priority,
        fresh=True,
    )
    job_inputs.remember(session, made.job, found)
    _note(session, actor, "launch", made.job)
    return made


def _check_actor(actor: Person | None) -> None:
    if actor is not None and not actor.is_researcher:
        raise errors.MayNotLaunch(actor.role)


def _digest(
    session: Session,
    spec: JobSpec,
    settings: Settings,
    found: Mapping[str, Found],
    parents: Mapping[str, uuid.UUID],
) -> dict[str, str]:
    """Of everything that is read, but for what jobs before this one make."""
    check = _CHECKS.get(spec.kind)
    checked = check(session, spec, settings) if check else {}
    return {**checked, **{name: each.digest for name, each in found.items() if name not in parents}}


def clone(
    session: Session,
    job_id: uuid.UUID,
    settings: Settings,
    *,
    actor: Person | None,
    changes: Mapping[str, Any] | None = None,
) -> Job:
    """A new job like that one, with these changes of its specification. What its specification
    names is looked up again; digests that were handed in from outside are kept.
    """
    _check_actor(actor)
    job = jobs.get(session, job_id)
    spec = jobs.change_spec(job, changes)
    parents = family.load_parents(session, job_id)
    found = references.resolve(session, spec, parents)
    scoring.check(session, spec, found, parents)
    naming.check(session, spec, found)
    own = {*_CHECKED, *parents}
    kept = {
        name: digest
        for name, digest in job.inputs.items()
        if name not in own and not any(each.owns(name) for each in spec.inputs)
    }
    ids = {name: parent.id for name, parent in parents.items()}
    made = jobs.clone(
        session,
        job_id,
        created_by=actor.id if actor else None,
        changes=changes,
        inputs={**kept, **_digest(session, spec, settings, found, ids)},
    )
    job_inputs.remember(session, made, found)
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
    # All of it or nothing: a door that tells what is wrong with a step still commits its own work.
    with session.begin_nested():
        for step in steps:
            parents = {name: made[parent].id for name, parent in step.parents.items()}
            launched = launch(
                session, step.spec, settings, actor=actor, parents=parents, fresh=fresh
            )
            made[step.name] = launched.job
    return list(made.values())


def _note(session: Session, actor: Person | None, verb: str, job: Job) -> None:
    audit.record(
        session,
        actor,
        f"job.{verb}",
        subject=("job", job.id),
        kind=job.kind,
        created_by=str(job.created_by_id) if job.created_by_id else None,
    )
