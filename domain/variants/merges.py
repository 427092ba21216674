"""Merges: one row for one merge, whether it was swept in memory, written to files, or both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.db import Json
from domain.jobs.models import Job
from domain.shelf import service as shelf
from domain.variants import rules
from domain.variants.models import Variant, VariantRole
from domain.variants.service import Files, check_merge, give_files
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_merge import ModelMerge

WHOLE: str = ModelMerge.model_fields["component"].default


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Which merge: everything that decides its weights."""

    base: Variant
    tuned: Variant
    beta: float
    method: str = rules.LINEAR
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def method_digest(self) -> str:
        return rules.digest_method(self.method, self.settings)


def read_merge(spec: ModelMerge, base: Variant, tuned: Variant, beta: float) -> Merge:
    settings: dict[str, Any] = {"component": _name_component(spec.component, tuned)}
    if spec.blocks:
        settings["blocks"] = list(spec.blocks)
    return Merge(base=base, tuned=tuned, beta=beta, method=spec.method, settings=settings)


def read_sweep(spec: ImagesGenerate, base: Variant, tuned: Variant, beta: float) -> Merge:
    """The same merge as writing it would be, unless an adapter counts more or less than whole."""
    settings: dict[str, Any] = {"component": spec.component}
    if spec.lora_scale != 1:
        settings["lora_scale"] = spec.lora_scale
    return Merge(base=base, tuned=tuned, beta=beta, settings=settings)


def read_whole(
    spec: AnswersGenerate | EmbeddingsScore, base: Variant, tuned: Variant, beta: float
) -> Merge:
    """Of models that answer or embed, which are merged whole. model.merge passes over its field for
    a component where it finds such a model: with what stands there by default, it is the same
    merge.
    """
    settings: dict[str, Any] = {"component": _name_component(WHOLE, tuned)}
    if spec.lora_scale != 1:
        settings["lora_scale"] = spec.lora_scale
    return Merge(base=base, tuned=tuned, beta=beta, settings=settings)


def _name_component(said: str, tuned: Variant) -> str:
    """As the specification says; of a model that was tuned whole there is none."""
    return "" if tuned.recipe.get("component") == "" else said


def is_same(variant: Variant, merge: Merge) -> bool:
    return (variant.base_id, variant.tuned_id, variant.beta, variant.method_digest) == (
        merge.base.id,
        merge.tuned.id,
        merge.beta,
        merge.method_digest,
    )


def find_end(merge: Merge) -> Variant | None:
    """The base or the tuned model, when the merge is that one bit for bit: at beta 0, and at beta 1
    of a model that was tuned from this base in the merged component alone.
    """
    if merge.method != rules.LINEAR:
        return None
    if merge.beta == 0:
        return merge.base
    component = merge.tuned.recipe.get("component")
    is_tuned_alone = merge.tuned.base_id == merge.base.id and dict(merge.settings) == {
        "component": component
    }
    return merge.tuned if merge.beta == 1 and is_tuned_alone else None


def find_or_make(session: Session, merge: Merge, *, job: Job) -> Variant:
    """The row of a merge that was swept: without files when nobody has written them."""
    check_merge(merge.base, merge.tuned)
    found = find_end(merge) or _find(session, merge)
    if found is not None:
        return found
    wanted = rules.name_merge(merge.tuned.name, merge.beta)
    (name,) = shelf.list_free_names(session, Variant, [wanted])
    return shelf.add(session, _make(merge, name, job))


def record(
    session: Session, merge: Merge, *, name: str, files: Files, recipe: Json, card: str, job: Job
) -> Variant:
    """A merge whose weights were written. One that was only swept gets its files and this name;
    one whose files are there keeps them; one whose files were given up gets them back.
    """
    check_merge(merge.base, merge.tuned)
    variant = _find(session, merge)
    if variant is None:
        variant = shelf.add(session, _make(merge, name, job))
    elif variant.artifact_id is None:
        shelf.rename(session, variant, name, actor=None)
    elif not _is_gone(session, variant):
        return variant
    give_files(variant, files)
    variant.recipe, variant.card, variant.job_id = recipe, card, job.id
    session.flush()
    return variant


def _find(session: Session, merge: Merge) -> Variant | None:
    """Until the end of the transaction nobody else finds that there is none: two jobs that end at
    once make one row.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("variants.merge", 0))))
    same = select(Variant).where(
        Variant.base_id == merge.base.id,
        Variant.tuned_id == merge.tuned.id,
        Variant.beta == merge.beta,
        Variant.method_digest == merge.method_digest,
    )
    return session.scalars(same).one_or_none()


def _make(merge: Merge, name: str, job: Job) -> Variant:
    return Variant(
        name=name,
        family=merge.base.family,
        role=VariantRole.MERGE,
        base_id=merge.base.id,
        tuned_id=merge.tuned.id,
        beta=merge.beta,
        method=merge.method,
        method_digest=merge.method_digest,
        recipe=dict(merge.settings),
        job_id=job.id,
        created_by_id=job.created_by_id,
    )


def _is_gone(session: Session, variant: Variant) -> bool:
    assert variant.artifact_id is not None, "Only asked of variants with files."
    artifact = artifacts.get(session, variant.artifact_id)
    return artifact.released_at is not None or artifact.erased_at is not None
