"""Prompt sets as the API shows and takes them."""

import datetime as dt
import uuid

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.prompts.models import PromptSet
from domain.prompts.reading import Format
from specs.prompts import Scope

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_DIGEST = "6f1c6d5b0a6d7ad2f6c7d0f1b6c8e1a0f4f3a9c2f8d1e5b7a6c4d3e2f1a0b9c8"
_PROMPT: JsonDict = {
    "id": _ID,
    "position": 0,
    "key": "market-01",
    "text": "a market at dawn",
    "negative": "",
    "scope": "regional",
    "stratum": "",
    "region": "",
    "country": "",
    "language": "en",
    "category": "",
}


class NewPromptSet(BaseModel):
    """`text` holds JSON lines, a CSV table, or one prompt per line. A line that is not right is
    named in `errors`, as text.3 for the third, and nothing is stored.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Markets", "text": "a market at dawn\na market at night\n"}]
        },
    )

    name: str
    text: str
    format: Format = "auto"
    scope: Scope = Field(default="global", description="Of prompts that name none.")
    source: str = Field(default="", max_length=200, description="Where they are from.")


class PromptSetOut(BaseModel):
    """Never changes; `digest` is of its prompts in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "name": "Markets",
                    "source": "markets.jsonl",
                    "digest": _DIGEST,
                    "num_prompts": 143,
                    "created_at": "2026-03-01T08:00:00Z",
                    "archived_at": None,
                }
            ]
        }
    )

    id: uuid.UUID
    name: str
    source: str
    digest: str
    num_prompts: int
    created_at: dt.datetime
    archived_at: dt.datetime | None

    @classmethod
    def of(cls, prompt_set: PromptSet) -> "PromptSetOut":
        return cls.model_validate(prompt_set, from_attributes=True)


class PromptOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_PROMPT]})

    id: uuid.UUID
    position: int
    key: str
    text: str
    negative: str
    scope: str
    stratum: str
    region: str
    country: str
    language: str
    category: str


class PromptsOut(BaseModel):
    """`next` is the position to hand in as `after`; null on the last page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_PROMPT], "next": None}]})

    items: list[PromptOut]
    next: int | None
