"""Knowledge bases under /api/v1/knowledge-bases."""

import uuid
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import changes
from app.api import OnceDep, Page, PagingDep
from app.changes import Change
from app.dependencies import Researcher, SessionDep
from app.knowledge import passages, routes
from app.knowledge.answers import (
    KnowledgeBaseOut,
    KnowledgeIndexOut,
    NewKnowledgeBase,
    PassageEdit,
    PassageIn,
    PassageOut,
    PassagesOut,
)
from domain.knowledge import curating, queries
from domain.knowledge import service as knowledge

router = APIRouter(prefix="/knowledge-bases", tags=["knowledge"])


@router.get("")
def list_bases(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Page[KnowledgeBaseOut]:
    """Newest first."""
    rows = queries.list_bases(
        session, archived=archived, limit=paging.limit + 1, before=paging.before
    )
    return paging.make_page(rows, KnowledgeBaseOut.of)


@router.post("", status_code=201, response_model=KnowledgeBaseOut)
def add_base(
    body: NewKnowledgeBase, session: SessionDep, person: Researcher, once: OnceDep
) -> JSONResponse:
    """A base with these passages, whole or not at all."""

    def make() -> KnowledgeBaseOut:
        made = knowledge.create(session, name=body.name, region=body.region, actor=person)
        values = [each.to_values() for each in body.passages]
        if values:
            curating.add_all(session, made.id, values, actor=person)
        return KnowledgeBaseOut.of(made)

    return once.answer(201, make)


@router.get("/{base_id}")
def read_base(session: SessionDep, person: Researcher, base_id: uuid.UUID) -> KnowledgeBaseOut:
    return KnowledgeBaseOut.of(knowledge.get(session, base_id))


@router.patch("/{base_id}")
def change_base(
    body: Change, session: SessionDep, person: Researcher, base_id: uuid.UUID
) -> KnowledgeBaseOut:
    """Rename; archive or bring back."""
    found = knowledge.get(session, base_id)
    return KnowledgeBaseOut.of(changes.apply(session, found, body, person))


@router.get("/{base_id}/passages")
def list_passages(
    session: SessionDep,
    person: Researcher,
    base_id: uuid.UUID,
    words: Annotated[str, Query(max_length=200, description="In the title or the text.")] = "",
    country: Annotated[str, Query(max_length=120)] = "",
    language: Annotated[str, Query(max_length=120)] = "",
    after: Annotated[int, Query(ge=-1, description="Passages behind this position.")] = -1,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PassagesOut:
    """Those that the base has now, in its order."""
    knowledge.get(session, base_id)
    rows = queries.list_passages(
        session,
        base_id,
        words=words,
        where={"country": country, "language": language},
        after=after,
        limit=limit + 1,
    )
    return PassagesOut(
        items=[PassageOut.of(row) for row in rows[:limit]],
        next=rows[limit - 1].position if len(rows) > limit else None,
    )


@router.post("/{base_id}/passages", status_code=201, response_model=PassageOut)
def add_passage(
    body: PassageIn, session: SessionDep, person: Researcher, base_id: uuid.UUID, once: OnceDep
) -> JSONResponse:
    def make() -> PassageOut:
        knowledge.get(session, base_id)
        return PassageOut.of(curating.add(session, base_id, body.to_values(), actor=person))

    return once.answer(201, make)


@router.get("/{base_id}/passages/{passage_id}")
def read_passage(
    session: SessionDep, person: Researcher, base_id: uuid.UUID, passage_id: uuid.UUID
) -> PassageOut:
    """Also one that was edited or removed."""
    base = knowledge.get(session, base_id)
    return PassageOut.of(curating.get(session, base, passage_id))


@router.put("/{base_id}/passages/{passage_id}")
def edit_passage(
    body: PassageEdit,
    session: SessionDep,
    person: Researcher,
    base_id: uuid.UUID,
    passage_id: uuid.UUID,
) -> PassageOut:
    """Another passage in the place of this one; what it was is kept."""
    made = curating.edit(
        session,
        base_id,
        passage_id,
        body.to_values(),
        actor=person,
        keep_picture=body.keep_picture,
    )
    return PassageOut.of(made)


@router.delete("/{base_id}/passages/{passage_id}", status_code=HTTPStatus.NO_CONTENT)
def remove_passage(
    session: SessionDep, person: Researcher, base_id: uuid.UUID, passage_id: uuid.UUID
) -> None:
    """Out of the base; what it said is kept."""
    curating.remove(session, base_id, passage_id, actor=person)


@router.get("/{base_id}/passages/{passage_id}/picture", response_class=Response)
def read_picture(
    session: SessionDep, person: Researcher, base_id: uuid.UUID, passage_id: uuid.UUID
) -> Response:
    """As its page shows it; the file as it came is in the folder."""
    return passages.send_picture(session, base_id, passage_id)


@router.get("/{base_id}/passages.jsonl")
def export_passages(request: Request, person: Researcher, base_id: uuid.UUID) -> Response:
    """All that the base has now, a line each."""
    return routes.send_lines(request, base_id)


@router.get("/{base_id}/folder.zip", response_class=Response)
def export_folder(session: SessionDep, person: Researcher, base_id: uuid.UUID) -> Response:
    """All that the base has now, with pictures; an import of it elsewhere makes the same base."""
    return routes.send_folder(session, base_id)


@router.get("/{base_id}/indexes")
def list_indexes(
    session: SessionDep, person: Researcher, base_id: uuid.UUID
) -> list[KnowledgeIndexOut]:
    """The newest first."""
    knowledge.get(session, base_id)
    return [KnowledgeIndexOut.of(each) for each in queries.list_indexes(session, base_id)]
