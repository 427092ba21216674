"""Models that were helped by retrieval: one row for one model and one way to find passages for it.

Its weights are those of its base. What sets it apart is what stood in the prompt, and that decides
what it answers: so its answers, scores and ratings are its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.jobs.models import Job
from domain.shelf import service as shelf
from domain.variants import errors, rules
from domain.variants.models import Variant, VariantRole

METHOD = "retrieval"
_SUFFIX = " + "


@dataclass(frozen=True, kw_only=True)
class Help:
    """How passages were found: everything that decides which ones stood in the prompts."""

    name: str  # of the knowledge base, for people
    settings: Mapping[str, Any]  # the knowledge base's digest, how many passages, how found

    @property
    def method_digest(self) -> str:
        return rules.digest_method(METHOD, self.settings)


def find_or_make(session: Session, model: Variant, help_: Help, *, job: Job) -> Variant:
    """The row of this model with these passages. Two jobs that end at once make one."""
    if model.role == VariantRole.RETRIEVED:
        raise errors.HelpedByRetrieval(model.name)
    lock = func.hashtextextended("variants.retrieved", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    same = select(Variant).where(
        Variant.role == VariantRole.RETRIEVED,
        Variant.base_id == model.id,
        Variant.method_digest == help_.method_digest,
    )
    found = session.scalars(same).one_or_none()
    return found or shelf.add(session, _make(session, model, help_, job))


def _make(session: Session, model: Variant, help_: Help, job: Job) -> Variant:
    room = shelf.LONGEST_NAME - len(" (999)") - len(help_.name) - len(_SUFFIX)
    wanted = f"{model.name[: max(room, 1)]}{_SUFFIX}{help_.name}"
    (name,) = shelf.list_free_names(session, Variant, [wanted[: shelf.LONGEST_NAME - 6]])
    return Variant(
        name=name,
        family=model.family,
        role=VariantRole.RETRIEVED,
        base_id=model.id,
        beta=model.beta,
        method=METHOD,
        method_digest=help_.method_digest,
        recipe=dict(help_.settings),
        job_id=job.id,
        created_by_id=job.created_by_id,
    )
