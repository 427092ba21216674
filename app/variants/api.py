"""Models under /api/v1/variants."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from app import changes
from app.api import Page, PagingDep
from app.changes import Change
from app.dependencies import Researcher, SessionDep
from app.variants.answers import VariantDetails, VariantOut
from domain.outputs import queries as outputs
from domain.variants import queries
from domain.variants import service as variants
from domain.variants.models import VariantRole

router = APIRouter(prefix="/variants", tags=["variants"])


@router.get("")
def list_variants(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    family: Annotated[str, Query(description="Such as sdxl; empty: all.")] = "",
    role: VariantRole | None = None,
    base: Annotated[uuid.UUID | None, Query(description="Made from this base.")] = None,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Page[VariantOut]:
    """Newest first."""
    rows = queries.list_variants(
        session,
        family=family,
        role=role or "",
        base_id=base,
        archived=archived,
        limit=paging.limit + 1,
        before=paging.before,
    )
    return paging.make_page(rows, VariantOut.of)


@router.get("/{variant_id}")
def read_variant(session: SessionDep, person: Researcher, variant_id: uuid.UUID) -> VariantDetails:
    variant = variants.get(session, variant_id)
    return VariantDetails(
        **VariantOut.of(variant).model_dump(),
        card=variant.card,
        ancestors=[each.id for each in queries.list_ancestors(session, variant)],
        descendants=[each.id for each in queries.list_descendants(session, variant)],
        num_outputs=outputs.count_by_variant(session, [variant.id]).get(variant.id, 0),
    )


@router.patch("/{variant_id}")
def change_variant(
    body: Change, session: SessionDep, person: Researcher, variant_id: uuid.UUID
) -> VariantOut:
    """Rename; archive or bring back."""
    variant = variants.get(session, variant_id)
    return VariantOut.of(changes.apply(session, variant, body, person))
