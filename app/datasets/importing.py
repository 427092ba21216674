"""The page of an import, whatever is imported: a file that is sent, or a folder on the server, and
the form of the kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.datasets.uploading import SentFile
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs import choices, forms
from app.jobs.launch import read_form
from app.settings import WebSettings
from domain.datasets import sources, uploads
from domain.datasets.errors import UploadUnknown
from domain.errors import Conflict, Invalid, Word
from domain.launches import service as launches
from specs import fields
from specs.job import JobSpec

_ = rendering.translate


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    spec_type: type[JobSpec]  # has a field 'source'
    base: str  # the address of what is imported; the page is below it
    back: str  # a page that lists it
    back_label: Word
    # What most imports need; the rest of the form is folded away.
    first_fields: Sequence[str]
    others_label: Word
    file_help: Word
    accept: str = ".zip,.parquet,.jsonl,.ndjson,.csv,.tsv"  # what a browser offers to choose

    @property
    def address(self) -> str:
        return f"{self.base}/import"


def add_routes(router: APIRouter, page: ImportPage) -> None:
    """`/import` and `/uploads` below the router's prefix, which is the page's base."""

    @router.get("/import")
    def show_form(
        request: Request,
        session: SessionDep,
        settings: SettingsDep,
        person: Researcher,
        source: Annotated[str, Query(max_length=2000)] = "",
        name: Annotated[str, Query(max_length=120)] = "",
    ) -> Response:
        values = {"source": source} | ({"name": name} if name else {})
        return _show(request, session, settings, page, values, {})

    @router.post("/import")
    def start_import(
        request: Request,
        session: SessionDep,
        settings: SettingsDep,
        person: Researcher,
        sent: Annotated[FormData, Depends(read_form)],
    ) -> Response:
        filled = forms.read(page.spec_type, sent, partial(_, request))
        if filled.spec is None:
            return _show(request, session, settings, page, filled.values, filled.errors)
        try:
            job = launches.launch(session, filled.spec, settings, actor=person).job
        except (Invalid, Conflict) as error:
            wrong = errors.by_field(request, error)
            return _show(request, session, settings, page, filled.values, wrong)
        if "hx-request" in request.headers:
            return Response(headers={"HX-Redirect": f"/jobs/{job.id}"})
        return RedirectResponse(f"/jobs/{job.id}", HTTPStatus.SEE_OTHER)

    @router.post("/uploads")
    def upload(
        request: Request,
        session: SessionDep,
        settings: SettingsDep,
        person: Researcher,
        file: SentFile,
        name: Annotated[str, Query(max_length=120)] = "",
    ) -> Response:
        try:
            artifact = uploads.accept(session, file.path, file.name, settings)
        except Invalid as error:
            wrong = errors.by_field(request, error)
            return _show(request, session, settings, page, {"name": name} if name else {}, wrong)
        given = {"source": f"{sources.UPLOAD}{artifact.id}"} | ({"name": name} if name else {})
        address = f"{page.address}?{urlencode(given, safe=':')}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _show(
    request: Request,
    session: Session,
    settings: WebSettings,
    page: ImportPage,
    values: Mapping[str, Any],
    wrong: Mapping[str, str],
) -> Response:
    described = {field.name: field for field in fields.describe(page.spec_type)}
    first = [described.pop(name) for name in page.first_fields]
    source = str(values.get("source", ""))
    upload_name, upload_problem = _find_upload(request, session, source, settings)
    context: dict[str, Any] = {
        "page": page,
        "source": described.pop("source"),
        "first": first,
        "others": list(described.values()),
        "values": values,
        "errors": dict(wrong) or upload_problem,
        "references": choices.list_choices(request, session, settings, page.spec_type),
        "upload_name": upload_name,
        "roots": settings.allowed_import_roots,
        "suggestions": sources.list_suggestions(settings.allowed_import_roots),
        "max_upload_bytes": settings.max_upload_bytes,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    if "hx-request" in request.headers:
        return rendering.fragment(request, "datasets/import.html", "launch", status, **context)
    return rendering.page(request, "datasets/import.html", status, **context)


def _find_upload(
    request: Request, session: Session, source: str, settings: WebSettings
) -> tuple[str, dict[str, str]]:
    """The name of the file that was uploaded, or why it cannot be used."""
    if not source.startswith(sources.UPLOAD):
        return "", {}
    try:
        return sources.find(session, source, settings).name, {}
    except (UploadUnknown, Conflict) as error:
        return "", {"source": errors.tell(request, error)}
