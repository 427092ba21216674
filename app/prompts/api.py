"""Sets of prompts under /api/v1/prompt-sets."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from app import changes
from app.api import OnceDep, Page, PagingDep
from app.changes import Change
from app.dependencies import Researcher, SessionDep
from app.prompts.answers import NewPromptSet, PromptOut, PromptSetOut, PromptsOut
from domain.prompts import queries
from domain.prompts import service as prompts

router = APIRouter(prefix="/prompt-sets", tags=["prompts"])


@router.get("")
def list_prompt_sets(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Page[PromptSetOut]:
    """Newest first."""
    rows = queries.list_prompt_sets(
        session, archived=archived, limit=paging.limit + 1, before=paging.before
    )
    return paging.make_page(rows, PromptSetOut.of)


@router.post("", status_code=201, response_model=PromptSetOut)
def add_prompt_set(
    body: NewPromptSet, session: SessionDep, person: Researcher, once: OnceDep
) -> JSONResponse:
    """A set of what is sent, whole or not at all."""

    def make() -> PromptSetOut:
        made = prompts.create(
            session,
            name=body.name,
            text=body.text,
            source=body.source,
            format=body.format,
            scope=body.scope,
            actor=person,
        )
        return PromptSetOut.of(made)

    return once.answer(201, make)


@router.get("/{prompt_set_id}")
def read_prompt_set(
    session: SessionDep, person: Researcher, prompt_set_id: uuid.UUID
) -> PromptSetOut:
    return PromptSetOut.of(prompts.get(session, prompt_set_id))


@router.patch("/{prompt_set_id}")
def change_prompt_set(
    body: Change, session: SessionDep, person: Researcher, prompt_set_id: uuid.UUID
) -> PromptSetOut:
    """Rename; archive or bring back."""
    found = prompts.get(session, prompt_set_id)
    return PromptSetOut.of(changes.apply(session, found, body, person))


@router.get("/{prompt_set_id}/prompts")
def list_prompts(
    session: SessionDep,
    person: Researcher,
    prompt_set_id: uuid.UUID,
    after: Annotated[int, Query(ge=-1, description="Prompts behind this position.")] = -1,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PromptsOut:
    """In the order of the set."""
    prompts.get(session, prompt_set_id)
    rows = queries.list_prompts(session, prompt_set_id, after=after, limit=limit + 1)
    return PromptsOut(
        items=[PromptOut.model_validate(row, from_attributes=True) for row in rows[:limit]],
        next=rows[limit - 1].position if len(rows) > limit else None,
    )
