"""Knowledge as the API shows and takes it."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.knowledge import exporting
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex, Passage
from specs.knowledge import MOST_PASSAGES, STATED

_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_DIGEST = "6f1c6d5b0a6d7ad2f6c7d0f1b6c8e1a0f4f3a9c2f8d1e5b7a6c4d3e2f1a0b9c8"
_STATED: JsonDict = {
    "title": "Kjötsúpa",
    "text": "Kjötsúpa is a soup of lamb and roots.",
    "region": "north",
    "country": "IS",
    "language": "en",
    "source": "A cook book, 2019",
    "licence": "CC-BY-SA-4.0",
}
_PASSAGE: JsonDict = {
    "id": _ID,
    "position": 0,
    "key": _DIGEST[:24],
    **_STATED,
    "has_picture": False,
    "is_current": True,
    "replaces_id": None,
}


class PassageIn(BaseModel):
    """What is not said is empty; only a text is needed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_STATED]})

    text: str
    title: str = ""
    region: str = ""
    country: str = Field(default="", description="Two letters, such as ID.")
    language: str = Field(default="", description="Of the words: a BCP 47 tag.")
    source: str = ""
    licence: str = ""

    def to_values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in STATED}


class PassageEdit(PassageIn):
    """The whole passage as it shall be."""

    keep_picture: bool = True


class NewKnowledgeBase(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Dishes", "region": "north", "passages": [_STATED]}]
        },
    )

    name: str
    region: str = Field(default="", description="A region's key.")
    passages: list[PassageIn] = Field(
        default=[], max_length=MOST_PASSAGES, description="Whole or not at all."
    )


class KnowledgeBaseOut(BaseModel):
    """`digest` is of its passages in order; every change makes another revision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "name": "Dishes",
                    "region": "north",
                    "revision": 12,
                    "digest": _DIGEST,
                    "num_passages": 11,
                    "created_at": "2026-03-01T08:00:00Z",
                    "archived_at": None,
                }
            ]
        }
    )

    id: uuid.UUID
    name: str
    region: str
    revision: int
    digest: str
    num_passages: int
    created_at: dt.datetime
    archived_at: dt.datetime | None

    @classmethod
    def of(cls, base: KnowledgeBase) -> "KnowledgeBaseOut":
        return cls.model_validate(base, from_attributes=True)


class PassageOut(BaseModel):
    """`key` is what files call it: the same words, the same key. An edited passage has another id,
    and names what it replaces.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_PASSAGE]})

    id: uuid.UUID
    position: int
    key: str
    title: str
    text: str
    region: str
    country: str
    language: str
    source: str
    licence: str
    has_picture: bool
    is_current: bool
    replaces_id: uuid.UUID | None

    @classmethod
    def of(cls, passage: Passage) -> "PassageOut":
        return cls(
            id=passage.id,
            position=passage.position,
            key=exporting.to_line(passage).id,
            has_picture=bool(passage.picture),
            is_current=passage.until is None,
            replaces_id=passage.replaces_id,
            **{name: getattr(passage, name) for name in STATED},
        )


class PassagesOut(BaseModel):
    """`next` is the position to hand in as `after`; null on the last page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_PASSAGE], "next": None}]})

    items: list[PassageOut]
    next: int | None


class KnowledgeIndexOut(BaseModel):
    """`base_digest` says of which passages; `encoder` is null when words alone are searched."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "base_digest": _DIGEST,
                    "encoder": {"name": "SigLIP2", "family": "siglip2", "digest": _DIGEST},
                    "num_chunks": 40,
                    "dim": 1152,
                    "job_id": _ID,
                    "created_at": "2026-03-01T08:00:00Z",
                }
            ]
        }
    )

    id: uuid.UUID
    base_digest: str
    encoder: dict[str, Any] | None
    num_chunks: int
    dim: int
    job_id: uuid.UUID
    created_at: dt.datetime

    @classmethod
    def of(cls, index: KnowledgeIndex) -> "KnowledgeIndexOut":
        return cls.model_validate(index, from_attributes=True)
