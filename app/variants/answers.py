"""Models as the API shows them."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from domain.variants.models import Variant

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_DIGEST = "6f1c6d5b0a6d7ad2f6c7d0f1b6c8e1a0f4f3a9c2f8d1e5b7a6c4d3e2f1a0b9c8"
_VARIANT: JsonDict = {
    "id": _ID,
    "name": "Market beta-0.25",
    "family": "sdxl",
    "role": "merge",
    "base_id": _ID,
    "tuned_id": _ID,
    "beta": 0.25,
    "method": "linear",
    "digest": _DIGEST,
    "size_bytes": 6940000000,
    "has_files": True,
    "recipe": {"component": "unet"},
    "job_id": _ID,
    "created_at": "2026-03-01T08:00:00Z",
    "archived_at": None,
}


class VariantOut(BaseModel):
    """A merge without files was swept in memory and never written: it has no digest."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VARIANT]})

    id: uuid.UUID
    name: str
    family: str
    role: str
    base_id: uuid.UUID | None
    tuned_id: uuid.UUID | None
    beta: float | None
    method: str | None
    digest: str | None
    size_bytes: int | None
    has_files: bool
    recipe: dict[str, Any]
    job_id: uuid.UUID | None
    created_at: dt.datetime
    archived_at: dt.datetime | None

    @classmethod
    def of(cls, variant: Variant) -> "VariantOut":
        columns = {name for name in cls.model_fields if name != "has_files"}
        values = {name: getattr(variant, name) for name in columns}
        return cls(**values, has_files=variant.artifact_id is not None)


class VariantDetails(VariantOut):
    """`ancestors` are what it was made from, `descendants` what was made from it, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _VARIANT
                | {"card": "# Market", "ancestors": [_ID], "descendants": [], "num_outputs": 240}
            ]
        }
    )

    card: str
    ancestors: list[uuid.UUID]
    descendants: list[uuid.UUID]
    num_outputs: int
