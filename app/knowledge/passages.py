"""Pages of one passage: look at it, add, edit and remove."""

import io
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.knowledge import pages
from app.settings import WebSettings
from domain.errors import Invalid, Word
from domain.knowledge import curating, exporting, queries, reading
from domain.knowledge import service as knowledge
from domain.knowledge.errors import NoPassagePicture
from domain.knowledge.models import KnowledgeBase, Passage
from pixels import bare
from specs.knowledge import STATED

router = APIRouter(prefix="/{base_id}/passages")

# What a passage shows never changes: an edited one has another address.
_PICTURE_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}


async def read_values(request: Request) -> dict[str, str]:
    """The fields of a passage as the form sends them, and whether its picture stays."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


Values = Annotated[dict[str, str], Depends(read_values)]


@router.get("/new")
def show_new(
    request: Request, session: SessionDep, settings: SettingsDep, person: Researcher,
    base_id: uuid.UUID,
) -> Response:  # fmt: skip
    base = knowledge.get(session, base_id)
    return _show_form(request, settings, base, None, {"region": base.region})


@router.post("/new")
def add(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    base_id: uuid.UUID,
    values: Values,
) -> Response:
    base = knowledge.get(session, base_id)
    try:
        curating.add(session, base.id, values, actor=person)
    except Invalid as error:
        return _show_form(
            request, settings, base, None, values, _list_wrong(request, values, error)
        )
    return _go(request, f"/knowledge/{base.id}", Word("The passage is added."))


@router.get("/{passage_id}")
def show_passage(
    request: Request, session: SessionDep, person: Researcher, base_id: uuid.UUID,
    passage_id: uuid.UUID,
) -> Response:  # fmt: skip
    base = knowledge.get(session, base_id)
    passage = curating.get(session, base, passage_id)
    earlier = queries.list_earlier(session, passage)
    numbers = [each.since for each in (passage, *earlier)]
    numbers += [passage.until] if passage.until is not None else []
    return rendering.page(
        request,
        "knowledge/passage.html",
        base=base,
        passage=passage,
        line=exporting.to_line(passage),
        earlier=earlier,
        successor=queries.find_successor(session, passage),
        revisions=queries.map_revisions(session, base.id, numbers),
    )


@router.get("/{passage_id}/picture")
def show_picture(
    session: SessionDep, person: Researcher, base_id: uuid.UUID, passage_id: uuid.UUID
) -> Response:
    return send_picture(session, base_id, passage_id)


def send_picture(session: Session, base_id: uuid.UUID, passage_id: uuid.UUID) -> Response:
    """Encoded anew: browsers get the pixels, and nothing that somebody's file brought along."""
    passage = curating.get(session, knowledge.get(session, base_id), passage_id)
    data = exporting.read_picture(session, passage)
    try:
        size = bare.choose_size([bare.measure(io.BytesIO(data))])
        shown = bare.encode(io.BytesIO(data), size)
    except bare.NotReadable as error:
        raise NoPassagePicture(passage.id) from error
    return Response(shown, media_type=bare.MEDIA_TYPE, headers=_PICTURE_HEADERS)


@router.get("/{passage_id}/edit")
def show_edit(
    request: Request, session: SessionDep, settings: SettingsDep, person: Researcher,
    base_id: uuid.UUID, passage_id: uuid.UUID,
) -> Response:  # fmt: skip
    base, passage = _find(session, base_id, passage_id)
    values = {name: getattr(passage, name) for name in STATED} | {"keep_picture": "true"}
    return _show_form(request, settings, base, passage, values)


@router.post("/{passage_id}/edit")
def edit(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    base_id: uuid.UUID,
    passage_id: uuid.UUID,
    values: Values,
) -> Response:
    base, passage = _find(session, base_id, passage_id)
    keep_picture = values.get("keep_picture") == "true"
    try:
        made = curating.edit(
            session, base.id, passage.id, values, actor=person, keep_picture=keep_picture
        )
    except Invalid as error:
        wrong = _list_wrong(request, values, error)
        return _show_form(request, settings, base, passage, values, wrong)
    address = f"/knowledge/{base.id}/passages/{made.id}"
    return _go(request, address, Word("The passage is saved. What it was is kept."))


@router.post("/{passage_id}/remove")
def remove(
    request: Request, session: SessionDep, person: Researcher, base_id: uuid.UUID,
    passage_id: uuid.UUID,
) -> Response:  # fmt: skip
    base, passage = _find(session, base_id, passage_id)
    curating.remove(session, base.id, passage.id, actor=person)
    return _go(request, f"/knowledge/{base.id}", Word("The passage is removed from the base."))


def _list_wrong(request: Request, values: Mapping[str, str], error: Invalid) -> dict[str, str]:
    """All at once: whoever typed it mends it in one go."""
    wrong = errors.by_field(request, error)
    for each in reading.list_faults(values):
        wrong |= errors.by_field(request, each)
    return wrong


def _find(
    session: Session, base_id: uuid.UUID, passage_id: uuid.UUID
) -> tuple[KnowledgeBase, Passage]:
    base = knowledge.get(session, base_id)
    return base, curating.get_current(session, base.id, passage_id)


def _show_form(
    request: Request,
    settings: WebSettings,
    base: KnowledgeBase,
    passage: Passage | None,
    values: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> Response:
    return rendering.page(
        request,
        "knowledge/edit.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        base=base,
        passage=passage,
        values={name: values.get(name, "") for name in (*STATED, "keep_picture")},
        errors=wrong or {},
        regions=pages.list_regions(request, settings),
    )


def _go(request: Request, address: str, said: Word) -> Response:
    response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, rendering.translate(request, said))
    return response
