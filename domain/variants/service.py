"""Models: record what was imported or tuned, rename, archive. Merges are in merges.py."""

import uuid
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts.models import Artifact
from domain.db import Json
from domain.jobs.models import Job
from domain.shelf import service as shelf
from domain.users.person import Person
from domain.variants import errors
from domain.variants.models import EXTERNAL_FAMILY, Variant, VariantRole


@dataclass(frozen=True, kw_only=True)
class Files:
    """The weights of a model: a folder inside an artifact."""

    artifact: Artifact
    folder: str
    digest: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Origin:
    """How a model came to be; tuned when it names its base."""

    base: Variant | None = None
    method: str | None = None
    recipe: Json = field(default_factory=dict)
    card: str = ""


def get(session: Session, variant_id: uuid.UUID) -> Variant:
    variant = session.get(Variant, variant_id)
    if variant is None:
        raise errors.VariantNotFound(variant_id)
    return variant


def find_by_name(session: Session, name: str) -> Variant | None:
    return shelf.find_by_name(session, Variant, name)


def get_by_name(session: Session, name: str) -> Variant:
    found = find_by_name(session, name)
    if found is None:
        raise errors.VariantNameUnknown(name)
    return found


def get_files(session: Session, variant: Variant) -> Artifact:
    """The artifact with its weights. Raises the sentence that says why there are none."""
    _check_has_weights(variant)
    if variant.artifact_id is None:
        raise errors.WithoutFiles(variant.name)
    return artifacts.get_readable(session, variant.artifact_id)


def check_merge(base: Variant, tuned: Variant) -> None:
    """Whether these two can be merged, as far as the rows know."""
    _check_has_weights(base)
    _check_has_weights(tuned)
    if base.id == tuned.id:
        raise errors.MergedWithItself(base.name)
    if base.family != tuned.family:
        raise errors.DifferentFamilies(base.name, base.family, tuned.name, tuned.family)


def _check_has_weights(variant: Variant) -> None:
    if variant.role == VariantRole.EXTERNAL:
        raise errors.MadeElsewhere(variant.name)
    if variant.role == VariantRole.RETRIEVED:
        raise errors.HelpedByRetrieval(variant.name)


def record(
    session: Session,
    *,
    name: str,
    family: str,
    files: Files,
    origin: Origin,
    job: Job | None = None,
) -> Variant:
    """A model that was imported, tuned, or came with the product."""
    variant = Variant(
        name=name,
        family=family,
        role=VariantRole.TUNED if origin.base else VariantRole.BASE,
        base_id=origin.base.id if origin.base else None,
        method=origin.method,
        recipe=origin.recipe,
        card=origin.card,
        job_id=job.id if job else None,
        created_by_id=job.created_by_id if job else None,
    )
    give_files(variant, files)
    return shelf.add(session, variant)


def record_external(session: Session, name: str, *, job: Job | None) -> Variant:
    """A model of which nothing is here but outputs: a job imported them, or they were shipped."""
    variant = Variant(
        name=name,
        family=EXTERNAL_FAMILY,
        role=VariantRole.EXTERNAL,
        job_id=job.id if job else None,
        created_by_id=job.created_by_id if job else None,
    )
    return shelf.add(session, variant)


def give_files(variant: Variant, files: Files) -> None:
    variant.artifact_id = files.artifact.id
    variant.folder = files.folder
    variant.digest = files.digest
    variant.size_bytes = files.size_bytes


def rename(session: Session, variant_id: uuid.UUID, name: str, *, actor: Person) -> Variant:
    return shelf.rename(session, get(session, variant_id), name, actor=actor)


def archive(session: Session, variant_id: uuid.UUID, *, actor: Person) -> Variant:
    return shelf.archive(session, get(session, variant_id), actor=actor)


def unarchive(session: Session, variant_id: uuid.UUID, *, actor: Person) -> Variant:
    return shelf.unarchive(session, get(session, variant_id), actor=actor)
