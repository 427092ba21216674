"""A recipe as jobs: one row per step, waiting for those it needs."""

import uuid

from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.jobs import service as jobs
from domain.jobs.models import Job
from specs.recipe import Recipe, RecipeImpossible, plan


def enqueue(
    session: Session, recipe: Recipe, *, created_by: uuid.UUID | None, fresh: bool = False
) -> list[Job]:
    """The jobs of all steps, in the plan's order; a step whose result is known already is that
    earlier job.
    """
    try:
        steps = plan(recipe)
    except RecipeImpossible as error:
        raise Invalid(str(error), field="steps") from error
    made: dict[str, Job] = {}
    for step in steps:
        parents = {name: made[parent].id for name, parent in step.parents.items()}
        enqueued = jobs.enqueue(
            session, step.spec, created_by=created_by, parents=parents, fresh=fresh
        )
        made[step.name] = enqueued.job
    return list(made.values())
