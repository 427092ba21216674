"""Pages of data sets. For researchers and admins."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import rendering, shelf
from app.datasets import importing, pages
from app.datasets.importing import ImportPage
from app.dependencies import Researcher, SessionDep
from domain.artifacts import service as artifacts
from domain.datasets import contents
from domain.datasets import service as datasets
from domain.datasets.models import Dataset
from domain.errors import Word
from specs.kinds.dataset.dataset_import import DatasetImport

router = APIRouter(prefix="/datasets")

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
    found = shelf.list_page(session, Dataset, archived=archived, cursor=cursor)
    return rendering.page(
        request, "datasets/list.html", found=found, parents=pages.name_parents(session, found.rows)
    )


importing.add_routes(
    router,
    ImportPage(
        spec_type=DatasetImport,
        base="/datasets",
        back="/datasets",
        back_label=Word("Data"),
        first_fields=("name", "licence", "default_language"),
        others_label=Word("Format, columns and limits"),
        file_help=Word(
            "A zip archive of pictures with captions, or Parquet, JSONL or CSV; up to %(size)s."
        ),
    ),
)


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


def _show(
    request: Request,
    session: Session,
    dataset: Dataset,
    wrong: Mapping[str, str] | None = None,
    name: str | None = None,
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
        name=dataset.name if name is None else name,
    )


shelf.add_routes(
    router,
    datasets.get,
    _show,
    shelf.Sayings(
        renamed=Word("The data set is renamed."),
        archived=Word("The data set is archived. Nothing was deleted."),
        unarchived=Word("The data set is in the list again."),
    ),
)
