"""Pages of data sets. For researchers and admins."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.datasets import pages
from app.datasets.uploading import SentFile
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs import forms
from app.jobs.launch import read_form
from app.settings import WebSettings
from domain.artifacts import service as artifacts
from domain.datasets import contents, queries, sources, uploads
from domain.datasets import service as datasets
from domain.datasets.errors import UploadUnknown
from domain.datasets.models import Dataset
from domain.errors import Conflict, Invalid
from domain.launches import service as launches
from specs import fields
from specs.dataset_import import DatasetImport

_ = rendering.translate
router = APIRouter(prefix="/datasets")

ROWS_PER_PAGE = 50
# What most imports need; the rest of the form is folded away.
FIRST_FIELDS = ("name", "licence", "default_language")
# A preview never changes: another import has another data set, and another address.
PREVIEW_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("")
def list_datasets(
    request: Request,
    session: SessionDep,
    person: Researcher,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
    cursor: uuid.UUID | None = None,
) -> Response:
    rows = queries.list_datasets(session, archived=archived, limit=ROWS_PER_PAGE + 1, before=cursor)
    shown = rows[:ROWS_PER_PAGE]
    return rendering.page(
        request,
        "datasets/list.html",
        datasets=shown,
        archived=archived,
        cursor=cursor,
        num_archived=queries.count_datasets(session, archived=True),
        next_cursor=shown[-1].id if len(rows) > ROWS_PER_PAGE else None,
    )


@router.get("/import")
def show_form(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    source: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    return _show_form(request, session, settings, {"source": source}, {})


@router.post("/import")
def start_import(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    sent: Annotated[FormData, Depends(read_form)],
) -> Response:
    filled = forms.read(DatasetImport, sent, partial(_, request))
    if not isinstance(filled.spec, DatasetImport):
        return _show_form(request, session, settings, filled.values, filled.errors)
    try:
        job = launches.launch(session, filled.spec, settings, actor=person).job
    except (Invalid, Conflict) as error:
        return _show_form(
            request, session, settings, filled.values, errors.by_field(request, error)
        )
    if "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": f"/jobs/{job.id}"})
    return RedirectResponse(f"/jobs/{job.id}", HTTPStatus.SEE_OTHER)


@router.post("/uploads")
def upload(
    request: Request, session: SessionDep, settings: SettingsDep, person: Researcher, file: SentFile
) -> Response:
    try:
        artifact = uploads.accept(session, file.path, file.name, settings)
    except Invalid as error:
        return _show_form(request, session, settings, {}, errors.by_field(request, error))
    return RedirectResponse(
        f"/datasets/import?source={sources.UPLOAD}{artifact.id}", HTTPStatus.SEE_OTHER
    )


def _show_form(
    request: Request,
    session: Session,
    settings: WebSettings,
    values: Mapping[str, Any],
    wrong: Mapping[str, str],
) -> Response:
    described = {field.name: field for field in fields.describe(DatasetImport)}
    first = [described.pop(name) for name in FIRST_FIELDS]
    upload_name, upload_problem = _find_upload(
        request, session, str(values.get("source", "")), settings
    )
    context: dict[str, Any] = {
        "spec_type": DatasetImport,
        "source": described.pop("source"),
        "first": first,
        "others": list(described.values()),
        "values": values,
        "errors": dict(wrong) or upload_problem,
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


@router.get("/{dataset_id}")
def show_dataset(
    request: Request,
    session: SessionDep,
    person: Researcher,
    dataset_id: uuid.UUID,
    reason: Annotated[str, Query(max_length=40)] = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    dataset = datasets.get(session, dataset_id)
    problems = pages.list_problems(session, request, dataset, reason=reason, start=start)
    if "hx-request" in request.headers:
        return rendering.fragment(
            request, "datasets/dataset.html", "problems", dataset=dataset, problems=problems
        )
    return _show(request, session, dataset, problems=problems)


@router.get("/{dataset_id}/previews/{position}")
def show_preview(
    session: SessionDep, person: Researcher, dataset_id: uuid.UUID, position: int
) -> Response:
    dataset = datasets.get(session, dataset_id)
    artifact = artifacts.get_readable(session, dataset.artifact_id)
    data = contents.read_preview(artifact, dataset.summary.get("sample", []), position)
    return Response(data, media_type="image/webp", headers=PREVIEW_HEADERS)


@router.post("/{dataset_id}/name")
def rename(
    request: Request,
    session: SessionDep,
    person: Researcher,
    dataset_id: uuid.UUID,
    name: Annotated[str, Form()] = "",
) -> Response:
    try:
        dataset = datasets.rename(session, dataset_id, name, actor=person)
    except Invalid as error:
        dataset = datasets.get(session, dataset_id)
        return _show(request, session, dataset, errors.by_field(request, error), {"name": name})
    return _return_to(request, dataset, _(request, "The data set is renamed."))


@router.post("/{dataset_id}/archive")
def archive(
    request: Request, session: SessionDep, person: Researcher, dataset_id: uuid.UUID
) -> Response:
    said = _(request, "The data set is archived. Nothing was deleted.")
    return _change(request, lambda: datasets.archive(session, dataset_id, actor=person), said)


@router.post("/{dataset_id}/unarchive")
def unarchive(
    request: Request, session: SessionDep, person: Researcher, dataset_id: uuid.UUID
) -> Response:
    said = _(request, "The data set is in the list again.")
    return _change(request, lambda: datasets.unarchive(session, dataset_id, actor=person), said)


def _change(request: Request, change: Callable[[], Dataset], said: str) -> Response:
    return _return_to(request, change(), said)


def _return_to(request: Request, dataset: Dataset, said: str) -> Response:
    response = RedirectResponse(f"/datasets/{dataset.id}", HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, said)
    return response


def _show(
    request: Request,
    session: Session,
    dataset: Dataset,
    wrong: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    problems: pages.Problems | None = None,
) -> Response:
    return rendering.page(
        request,
        "datasets/dataset.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        page=pages.describe(session, request, dataset),
        dataset=dataset,
        problems=problems or pages.list_problems(session, request, dataset, reason="", start=0),
        errors=wrong or {},
        values=values or {"name": dataset.name},
    )
