"""Pages of models. For researchers and admins. Literal paths come before the one with an id."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

from babel import Locale
from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import rendering, shelf
from app.dependencies import Researcher, SessionDep
from app.variants import pages
from domain.errors import Word
from domain.variants import service as variants
from domain.variants.models import Variant

router = APIRouter(prefix="/variants")

Scope = Literal["", "global", "regional"]


@router.get("")
def list_variants(
    request: Request,
    session: SessionDep,
    person: Researcher,
    family: Annotated[str, Query(max_length=60)] = "",
    role: Annotated[str, Query(max_length=20)] = "",
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
    cursor: uuid.UUID | None = None,
) -> Response:
    found = pages.make_list(session, family=family, role=role, archived=archived, cursor=cursor)
    return rendering.page(request, "variants/list.html", found=found)


@router.get("/compare")
def compare(
    request: Request,
    session: SessionDep,
    person: Researcher,
    id: Annotated[list[uuid.UUID] | None, Query()] = None,  # noqa: A002 - its name in the address
    prompts: uuid.UUID | Literal[""] = "",
    scope: Scope = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    comparison = pages.make_comparison(
        session, id or [], prompt_set_id=prompts or None, scope=scope, start=start
    )
    return rendering.page(request, "variants/compare.html", found=comparison)


@router.get("/{variant_id}")
def show_variant(
    request: Request, session: SessionDep, person: Researcher, variant_id: uuid.UUID
) -> Response:
    return _show(request, session, variants.get(session, variant_id))


def _show(
    request: Request,
    session: Session,
    variant: Variant,
    wrong: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Response:
    reader = Locale.parse(rendering.choose_language(request).code)
    return rendering.page(
        request,
        "variants/variant.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        view=pages.make_view(session, variant, reader),
        errors=wrong or {},
        name=variant.name if name is None else name,
    )


shelf.add_routes(
    router,
    variants.get,
    _show,
    shelf.Sayings(
        renamed=Word("The model is renamed."),
        archived=Word("The model is archived. Nothing was deleted."),
        unarchived=Word("The model is in the list again."),
    ),
)
