"""Outputs under /api/v1/outputs."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api import Page, PagingDep
from app.dependencies import Researcher, SessionDep
from app.outputs.answers import OutputOut
from domain.outputs import queries
from domain.outputs import service as outputs

router = APIRouter(prefix="/outputs", tags=["outputs"])

# What is at an address never changes; a picture that is taken down is not there any more.
_HEADERS = {"Cache-Control": "private, max-age=3600"}


@router.get("")
def list_outputs(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    variant: Annotated[uuid.UUID | None, Query(description="Made by this one.")] = None,
    prompt_set: Annotated[uuid.UUID | None, Query(description="Of its prompts.")] = None,
    job: Annotated[uuid.UUID | None, Query(description="Made by this job.")] = None,
) -> Page[OutputOut]:
    """Newest first."""
    rows = queries.list_outputs(
        session,
        variant_id=variant,
        prompt_set_id=prompt_set,
        job_id=job,
        limit=paging.limit + 1,
        before=paging.before,
    )
    return paging.make_page(rows, OutputOut.of)


@router.get("/{output_id}")
def read_output(session: SessionDep, person: Researcher, output_id: uuid.UUID) -> OutputOut:
    return OutputOut.of(queries.get_shown(session, output_id))


@router.get("/{output_id}/picture", response_class=Response)
def read_picture(session: SessionDep, person: Researcher, output_id: uuid.UUID) -> Response:
    """The file as it was made, with its own media type."""
    data, media_type = outputs.read_picture(session, outputs.get(session, output_id))
    return Response(data, media_type=media_type, headers=_HEADERS)


@router.get("/{output_id}/question", response_class=Response)
def read_question_picture(
    session: SessionDep, person: Researcher, output_id: uuid.UUID
) -> Response:
    """The picture that an answer is about, as it came."""
    data, media_type = outputs.read_question_picture(session, outputs.get(session, output_id))
    return Response(data, media_type=media_type, headers=_HEADERS)
