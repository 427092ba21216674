"""Data sets under /api/v1/datasets, and the files they come from under /api/v1/uploads."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from app import changes
from app.api import OnceDep, Page, PagingDep
from app.changes import Change
from app.datasets.answers import (
    DatasetOut,
    ImportOut,
    ItemsOut,
    ProblemOut,
    ProblemsOut,
    RejectedOut,
    RejectedRowsOut,
    UploadOut,
)
from app.datasets.uploading import SentBody
from app.dependencies import Researcher, SessionDep, SettingsDep
from domain.artifacts import service as artifacts
from domain.datasets import contents, queries, sources, uploads
from domain.datasets import service as datasets
from domain.launches import service as launches
from specs.kinds.dataset.dataset_import import DatasetImport

router = APIRouter(tags=["datasets"])


@router.get("/datasets")
def list_datasets(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Page[DatasetOut]:
    """Newest first."""
    rows = queries.list_datasets(
        session, archived=archived, limit=paging.limit + 1, before=paging.before
    )
    return paging.make_page(rows, DatasetOut.of)


@router.post("/datasets", status_code=202, response_model=ImportOut)
def import_dataset(
    body: DatasetImport,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    once: OnceDep,
) -> JSONResponse:
    """Queue an import. The data set is there when the job has succeeded."""

    def make() -> ImportOut:
        job = launches.launch(session, body, settings, actor=person).job
        return ImportOut(job_id=job.id, state=job.state)

    return once.answer(202, make)


@router.get("/datasets/{dataset_id}")
def read_dataset(session: SessionDep, person: Researcher, dataset_id: uuid.UUID) -> DatasetOut:
    return DatasetOut.of(datasets.get(session, dataset_id))


@router.patch("/datasets/{dataset_id}")
def change_dataset(
    body: Change, session: SessionDep, person: Researcher, dataset_id: uuid.UUID
) -> DatasetOut:
    """Rename; archive or bring back."""
    dataset = datasets.get(session, dataset_id)
    return DatasetOut.of(changes.apply(session, dataset, body, person))


@router.get("/datasets/{dataset_id}/items")
def list_items(
    session: SessionDep,
    person: Researcher,
    dataset_id: uuid.UUID,
    after: Annotated[int, Query(ge=-1, description="Items behind this position.")] = -1,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ItemsOut:
    """Everything about the items but their pictures, in order."""
    dataset = datasets.get(session, dataset_id)
    artifact = artifacts.get_readable(session, dataset.artifact_id)
    num_shards = dataset.summary.get("num_shards", 0)
    rows = contents.list_items(artifact, num_shards, after=after, limit=limit + 1)
    following = rows[limit - 1]["position"] if len(rows) > limit else None
    return ItemsOut(items=rows[:limit], next=following)


@router.get("/datasets/{dataset_id}/problems")
def list_problems(
    session: SessionDep,
    person: Researcher,
    dataset_id: uuid.UUID,
    reason: str = "",
    start: Annotated[int, Query(ge=0, description="`next` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ProblemsOut:
    """What was wrong with which item."""
    dataset = datasets.get(session, dataset_id)
    artifact = artifacts.get_readable(session, dataset.artifact_id)
    rows = contents.list_problems(artifact, reason=reason, start=start, limit=limit + 1)
    return ProblemsOut(
        items=[ProblemOut.model_validate(row, from_attributes=True) for row in rows[:limit]],
        next=rows[limit].number if len(rows) > limit else None,
    )


@router.get("/datasets/{dataset_id}/rejected")
def list_rejected(
    session: SessionDep,
    person: Researcher,
    dataset_id: uuid.UUID,
    stage: str = "",
    reason: str = "",
    start: Annotated[int, Query(ge=0, description="`next` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RejectedRowsOut:
    """What a filter left out, and why."""
    dataset = datasets.get(session, dataset_id)
    artifact = artifacts.get_readable(session, dataset.artifact_id)
    rows = contents.list_rejected(
        artifact, stage=stage, reason=reason, start=start, limit=limit + 1
    )
    return RejectedRowsOut(
        items=[RejectedOut.model_validate(row, from_attributes=True) for row in rows[:limit]],
        next=rows[limit].number if len(rows) > limit else None,
    )


@router.post(
    "/uploads",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    },
)
def upload(
    session: SessionDep, settings: SettingsDep, person: Researcher, file: SentBody
) -> UploadOut:
    """Send a zip archive, or a Parquet, JSONL or CSV file, as the body. It is streamed, and so
    not compared with earlier ones: a repeated upload is another upload.
    """
    artifact = uploads.accept(session, file.path, file.name, settings)
    return UploadOut(
        id=artifact.id,
        source=f"{sources.UPLOAD}{artifact.id}",
        name=artifact.uri.rpartition("/")[2],
        media_type=artifact.media_type,
        size_bytes=artifact.size_bytes,
        sha256=artifact.sha256,
    )
