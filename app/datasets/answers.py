"""Data sets as the API shows them."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from domain.datasets.models import Dataset

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_DIGEST = "6f1c6d5b0a6d7ad2f6c7d0f1b6c8e1a0f4f3a9c2f8d1e5b7a6c4d3e2f1a0b9c8"
_DATASET: JsonDict = {
    "id": _ID,
    "name": "Breakfast dishes",
    "source_kind": "csv",
    "source": "/data/inbox/breakfast/captions.csv",
    "licence": "CC-BY-4.0",
    "digest": _DIGEST,
    "num_items": 1200,
    "num_problems": 3,
    "num_rejected": 0,
    "size_bytes": 184000000,
    "summary": {"counts": {"language": {"id": 1200}, "problem": {"broken_picture": 3}}},
    "funnel": None,
    "parent_id": None,
    "job_id": _ID,
    "created_at": "2026-03-01T08:00:00Z",
    "archived_at": None,
}


class DatasetOut(BaseModel):
    """`digest` is of the items in order: the same pictures and captions, the same digest. One that
    was filtered names its `parent_id`, and its `funnel` how many rows each stage kept.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_DATASET]})

    id: uuid.UUID
    name: str
    source_kind: str
    source: str
    licence: str
    digest: str
    num_items: int
    num_problems: int
    num_rejected: int
    size_bytes: int
    summary: dict[str, Any]
    funnel: list[dict[str, Any]] | None
    parent_id: uuid.UUID | None
    job_id: uuid.UUID | None
    created_at: dt.datetime
    archived_at: dt.datetime | None

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetOut":
        return cls.model_validate(dataset, from_attributes=True)


class ItemsOut(BaseModel):
    """`next` is the position to hand in as `after`; null on the last page."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"position": 0, "key": "0001.jpg", "caption": "Bubur ayam", "width": 1024}
                    ],
                    "next": None,
                }
            ]
        }
    )

    items: list[dict[str, Any]]
    next: int | None


class ProblemOut(BaseModel):
    """`is_kept`: the item is part of the data set all the same."""

    reference: str
    reason: str
    message: str
    is_kept: bool


class ProblemsOut(BaseModel):
    """`next` is the row to hand in as `start`; null on the last page."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "reference": "0042.jpg",
                            "reason": "truncated_picture",
                            "message": "The picture ends too early.",
                            "is_kept": False,
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    items: list[ProblemOut]
    next: int | None


class RejectedOut(BaseModel):
    """`values` has the columns that have no name of their own here."""

    key: str
    stage: str
    reason: str
    detail: str
    caption: str
    values: dict[str, Any]


class RejectedRowsOut(BaseModel):
    """`next` is the row to hand in as `start`; null on the last page."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "key": "0042.jpg",
                            "stage": "duplicates",
                            "reason": "near_duplicate",
                            "detail": "Of 0007.jpg.",
                            "caption": "Bubur ayam",
                            "values": {"country": ""},
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    items: list[RejectedOut]
    next: int | None


class ImportOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"job_id": _ID, "state": "queued"}]})

    job_id: uuid.UUID
    state: str


class UploadOut(BaseModel):
    """`source` is what an import takes as its source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "source": f"upload:{_ID}",
                    "name": "breakfast.zip",
                    "media_type": "application/zip",
                    "size_bytes": 184000000,
                    "sha256": _DIGEST,
                }
            ]
        }
    )

    id: uuid.UUID
    source: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
