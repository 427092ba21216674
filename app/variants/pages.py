"""From rows to what the templates of models need."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from babel import Locale
from sqlalchemy.orm import Session

from app import shelf
from app.comparisons.rows import Row, make_rows
from app.shelf import Listed
from app.variants import lineage
from app.variants.lineage import Lineage
from app.variants.retrievals import Retrieval, list_retrievals
from app.variants.scores import ScoreColumn, Scores, collect_scores
from domain.artifacts.models import Artifact
from domain.comparisons import queries as comparisons
from domain.outputs import queries as outputs
from domain.outputs.queries import ComparedRow, Shown
from domain.prompts.models import PromptSet
from domain.shelf import queries as makers
from domain.users.models import User
from domain.variants import queries
from domain.variants import service as variants
from domain.variants.models import Variant, VariantRole
from domain.variants.uses import find_use
from specs.inputs import Use

COMPARED_PER_PAGE = 12
MOST_COMPARED = 8
MOST_SCORES_IN_LIST = 3
_DISTILLED = "distillation"  # the method of whatever model.distill taught


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of the list, and the filter that made it."""

    page: Listed[Variant]
    names: Mapping[uuid.UUID, str]  # of what the rows were made from
    scores: Scores
    family: str
    role: str
    families: Mapping[str, int]
    roles: Sequence[str]

    @property
    def columns(self) -> Sequence[ScoreColumn]:
        """As many as fit beside each other."""
        return self.scores.columns[:MOST_SCORES_IN_LIST]


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything the page of one model shows."""

    variant: Variant
    base: Variant | None
    tuned: Variant | None
    lineage: Lineage
    scores: Scores
    retrievals: Sequence[Retrieval]  # of an encoder
    samples: Sequence[Shown]
    num_outputs: int
    comparisons: Sequence[Row]
    artifact: Artifact | None
    maker: User | None
    recipe_yaml: str

    @property
    def use(self) -> Use | None:
        return find_use(self.variant.family)

    @property
    def teacher(self) -> Variant | None:
        """Of a student."""
        return self.base if self.variant.method == _DISTILLED else None

    @property
    def can_compare_with(self) -> list[Variant]:
        """Its nearest relatives, in the order in which they belong side by side."""
        boxes = [box.variant for box in self.lineage.boxes]
        return boxes[:MOST_COMPARED]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    variants: Sequence[Variant]
    rows: Sequence[ComparedRow]
    num_rows: int
    start: int
    prompt_sets: Sequence[PromptSet]
    prompt_set_id: uuid.UUID | None
    scope: str
    scores: Scores

    @property
    def next_start(self) -> int | None:
        end = self.start + len(self.rows)
        return end if end < self.num_rows else None


def make_list(
    session: Session, *, family: str, role: str, archived: bool, cursor: uuid.UUID | None
) -> Found:
    rows = queries.list_variants(
        session,
        family=family,
        role=role if role in set(VariantRole) else "",
        archived=archived,
        limit=shelf.ROWS_PER_PAGE + 1,
        before=cursor,
    )
    page = shelf.cut(session, Variant, rows, archived=archived, cursor=cursor)
    parents = {each for row in page.rows for each in (row.base_id, row.tuned_id) if each}
    named = queries.list_by_id(session, list(parents))
    return Found(
        page=page,
        names={variant_id: variant.name for variant_id, variant in named.items()},
        scores=collect_scores(session, [row.id for row in page.rows]),
        family=family,
        role=role,
        families=queries.count_by_family(session),
        roles=list(VariantRole),
    )


def make_view(session: Session, variant: Variant, reader: Locale) -> View:
    family = [
        *queries.list_ancestors(session, variant),
        variant,
        *queries.list_descendants(session, variant),
    ]
    by_id = {each.id: each for each in family}
    scores = collect_scores(session, [variant.id])
    return View(
        variant=variant,
        base=by_id.get(variant.base_id) if variant.base_id else None,
        tuned=by_id.get(variant.tuned_id) if variant.tuned_id else None,
        lineage=lineage.draw(family, variant.id),
        scores=scores,
        retrievals=list_retrievals(scores, variant.id, reader),
        samples=outputs.list_samples(session, variant.id),
        num_outputs=outputs.count_by_variant(session, [variant.id]).get(variant.id, 0),
        comparisons=make_rows(session, comparisons.list_by_variant(session, variant)),
        artifact=session.get(Artifact, variant.artifact_id) if variant.artifact_id else None,
        maker=makers.find_maker(session, variant),
        recipe_yaml=_write_yaml(variant.recipe),
    )


def make_comparison(
    session: Session,
    variant_ids: Sequence[uuid.UUID],
    *,
    prompt_set_id: uuid.UUID | None,
    scope: str,
    start: int,
) -> Comparison:
    chosen = [variants.get(session, each) for each in dict.fromkeys(variant_ids)][:MOST_COMPARED]
    chosen.sort(key=_share)
    ids = [each.id for each in chosen]
    narrowed: dict[str, Any] = {"prompt_set_id": prompt_set_id, "scope": scope}
    return Comparison(
        variants=chosen,
        rows=outputs.list_compared(session, ids, **narrowed, start=start, limit=COMPARED_PER_PAGE),
        num_rows=outputs.count_compared(session, ids, **narrowed),
        start=start,
        prompt_sets=outputs.list_prompt_sets(session, ids),
        prompt_set_id=prompt_set_id,
        scope=scope,
        scores=collect_scores(session, ids),
    )


def _share(variant: Variant) -> float:
    """Of tuned weights: the order in which models belong side by side."""
    if variant.beta is not None:
        return variant.beta
    return 1.0 if variant.role == VariantRole.TUNED else 0.0


def _write_yaml(values: Mapping[str, Any]) -> str:
    if not values:
        return ""
    return str(yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=100))
