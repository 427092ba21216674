"""Pages of knowledge bases. For researchers and admins."""

import os
import tempfile
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from app import dependencies, errors, rendering, shelf
from app.datasets import importing
from app.datasets.importing import ImportPage
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.knowledge import pages, passages
from app.knowledge.pages import Wanted
from app.settings import WebSettings
from domain.errors import Invalid, Word
from domain.knowledge import exporting
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PASSAGES_FILE

router = APIRouter(prefix="/knowledge")
_MOST_PACKED_BYTES = 2_000_000_000  # of pictures: packed on the web server's disk, while one waits


@router.get("")
def list_bases(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
    cursor: uuid.UUID | None = None,
) -> Response:
    found = shelf.list_page(session, KnowledgeBase, archived=archived, cursor=cursor)
    names = dict(pages.list_regions(request, settings))
    return rendering.page(request, "knowledge/list.html", found=found, region_names=names)


importing.add_routes(
    router,
    ImportPage(
        spec_type=KnowledgeImport,
        base="/knowledge",
        back="/knowledge",
        back_label=Word("Knowledge"),
        first_fields=("name", "licence", "default_language"),
        others_label=Word("Format, what passages do not say, and limits"),
        file_help=Word(
            "Markdown, JSONL or CSV, or a zip archive of such files and pictures; up to %(size)s."
        ),
        accept=".zip,.md,.markdown,.jsonl,.ndjson,.csv,.tsv",
    ),
)


@router.get("/new")
def show_form(request: Request, settings: SettingsDep, person: Researcher) -> Response:
    return _show_form(request, settings, {})


@router.post("/new")
def create(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    name: Annotated[str, Form()] = "",
    region: Annotated[str, Form()] = "",
) -> Response:
    try:
        made = knowledge.create(session, name=name, region=region, actor=person)
    except Invalid as error:
        return _show_form(request, settings, errors.by_field(request, error), name, region)
    return shelf.go_to(request, router, made, Word("The knowledge base is made."))


def _show_form(
    request: Request,
    settings: WebSettings,
    wrong: Mapping[str, str],
    name: str = "",
    region: str = "",
) -> Response:
    return rendering.page(
        request,
        "knowledge/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        errors=wrong,
        name=name,
        region=region,
        regions=pages.list_regions(request, settings),
    )


@router.get("/{base_id}")
def show_base(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    base_id: uuid.UUID,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    base = knowledge.get(session, base_id)
    if "hx-request" in request.headers:
        found = pages.list_passages(session, base, wanted)
        return rendering.fragment(
            request, "knowledge/knowledge_base.html", "passages", base=base, found=found
        )
    return _show_page(request, session, settings, base, wanted=wanted)


@router.get("/{base_id}/passages.jsonl")
def download_lines(request: Request, person: Researcher, base_id: uuid.UUID) -> Response:
    return send_lines(request, base_id)


def send_lines(request: Request, base_id: uuid.UUID) -> Response:
    """As they are read: a base may have a hundred thousand passages."""

    def read() -> Iterator[str]:
        with dependencies.unit_of_work(request) as session:
            yield from exporting.write_lines(session, knowledge.get(session, base_id))

    with dependencies.unit_of_work(request) as session:
        base = knowledge.get(session, base_id)
    return StreamingResponse(
        read(),
        media_type="application/jsonl; charset=utf-8",
        headers=_name_file(base, PASSAGES_FILE.rpartition(".")[2]),
    )


@router.get("/{base_id}/folder.zip")
def download_folder(session: SessionDep, person: Researcher, base_id: uuid.UUID) -> Response:
    return send_folder(session, base_id)


def send_folder(session: Session, base_id: uuid.UUID) -> Response:
    """What computations read, with pictures: an import of it elsewhere makes the same base."""
    base = knowledge.get(session, base_id)
    with tempfile.TemporaryDirectory(prefix="ggez-") as name:
        folder = exporting.write_folder(
            session, base, base.digest, Path(name), most_bytes=_MOST_PACKED_BYTES
        )
        path = _pack(folder)
    return FileResponse(
        path,
        media_type="application/zip",
        headers=_name_file(base, "zip"),
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def _pack(folder: Path) -> Path:
    """A file that whoever sends it removes."""
    descriptor, name = tempfile.mkstemp(prefix="ggez-", suffix=".zip")
    with (
        os.fdopen(descriptor, "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            packed.write(path, path.relative_to(folder))
    return Path(name)


def _name_file(base: KnowledgeBase, ending: str) -> dict[str, str]:
    """By what is in it: a name may hold whatever people write."""
    name = f"knowledge-{base.digest[:12]}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _show_page(
    request: Request,
    session: Session,
    settings: WebSettings,
    base: KnowledgeBase,
    *,
    wanted: Wanted | None = None,
    wrong: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Response:
    return rendering.page(
        request,
        "knowledge/knowledge_base.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        view=pages.describe(session, request, settings, base),
        base=base,
        found=pages.list_passages(session, base, wanted or Wanted()),
        errors=wrong or {},
        name=base.name if name is None else name,
    )


def _show(
    request: Request, session: Session, base: KnowledgeBase, wrong: Mapping[str, str], name: str
) -> Response:
    settings: WebSettings = request.app.state.settings
    return _show_page(request, session, settings, base, wrong=wrong, name=name)


shelf.add_routes(
    router,
    knowledge.get,
    _show,
    shelf.Sayings(
        renamed=Word("The knowledge base is renamed."),
        archived=Word("The knowledge base is archived. Nothing was deleted."),
        unarchived=Word("The knowledge base is in the list again."),
    ),
)
router.include_router(passages.router)
