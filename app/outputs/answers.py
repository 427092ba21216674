"""Outputs as the API shows them."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.outputs.queries import Shown

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_DIGEST = "6f1c6d5b0a6d7ad2f6c7d0f1b6c8e1a0f4f3a9c2f8d1e5b7a6c4d3e2f1a0b9c8"


class OutputOut(BaseModel):
    """Outputs of one prompt, seed and `parameters_digest` may be compared. A picture is at
    `/outputs/ID/picture` and has no `text`; an answer is its `text`, and where
    `has_question_picture`, what it is about is at `/outputs/ID/question`. Outputs that came with
    the product have no `job_id`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "job_id": _ID,
                    "variant_id": _ID,
                    "prompt_id": _ID,
                    "prompt_key": "market-01",
                    "prompt": "a market at dawn",
                    "scope": "regional",
                    "seed": 0,
                    "parameters_digest": _DIGEST,
                    "sha256": _DIGEST,
                    "width": 1024,
                    "height": 1024,
                    "text": None,
                    "has_question_picture": False,
                    "facts": {"steps": 30, "guidance": 5.0},
                    "created_at": "2026-03-01T08:00:00Z",
                }
            ]
        }
    )

    id: uuid.UUID
    job_id: uuid.UUID | None
    variant_id: uuid.UUID
    prompt_id: uuid.UUID
    prompt_key: str
    prompt: str
    scope: str
    seed: int
    parameters_digest: str
    sha256: str | None
    width: int | None
    height: int | None
    text: str | None
    has_question_picture: bool
    facts: dict[str, Any]
    created_at: dt.datetime

    @classmethod
    def of(cls, shown: Shown) -> "OutputOut":
        others = {
            "prompt_key": shown.prompt.key,
            "prompt": shown.prompt.text,
            "scope": shown.prompt.scope,
            "has_question_picture": shown.output.question_file is not None,
        }
        names = set(cls.model_fields) - set(others)
        return cls(**{name: getattr(shown.output, name) for name in names}, **others)
