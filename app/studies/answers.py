"""Studies as the API takes and shows them."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy.orm import Session

from domain.prompts import errors as prompt_errors
from domain.prompts import service as prompts
from domain.ratings import coverage
from domain.ratings.coverage import Covered
from domain.ratings.export import ExportedRating
from domain.settings import Settings
from domain.studies import drafting, presets
from domain.studies.drafting import ArmChoice, NewStudy
from domain.studies.models import Study
from domain.variants import service as variants
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording

NDJSON = "application/x-ndjson"
_ID = "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10"
_WORDS: JsonDict = {
    "title": "Breakfast dishes",
    "runner": "The food lab",
    "duration": "20 minutes",
    "consent": "You take part of your own free will and can stop at any time.",
    "criteria": {
        "correctness": {
            "name": "Correctness",
            "question": "Does the picture show the dish as people there know it?",
            "anchors": ["No", "In part", "Yes"],
        }
    },
}
_NEW: JsonDict = {
    "name": "Breakfast dishes",
    "region": "islands",
    "prompt_set": "Dishes",
    "design": {"form": "likert", "criteria": [{"key": "correctness", "levels": 3}]},
    "wording": {"languages": {"en": _WORDS}},
    "registration": {
        "primary_criterion": "correctness",
        "comparison": "beta 0.25 against the base",
        "minimum_effect": 0.08,
    },
    "arms": [{"variant": "sdxl", "is_baseline": True}, {"variant": "sdxl-sea-0.25"}],
}

# All as a preset says, but for what is named.
_PRESET: JsonDict = {
    "name": "Breakfast dishes",
    "region": "islands",
    "prompt_set": "Dishes",
    "preset": "sea-vl",
    "design": {"raters_per_item": 5},
    "arms": _NEW["arms"],
}


class ArmIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"variant": "sdxl"}]})

    variant: str = Field(description="Its name.")
    is_baseline: bool = False
    is_photo: bool = Field(default=False, description="Real photos: controls, never compared.")


class NewStudyIn(BaseModel):
    """`design`, `wording` and `registration` as docs/studies.md describes them. With a `preset`,
    fields of the design and languages that are given take the place of the preset's.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_NEW, _PRESET]})

    name: str
    region: str
    prompt_set: str = Field(description="The name of a set of prompts.")
    preset: str = Field(default="", description="What the study begins with. Empty: nothing.")
    design: dict[str, Any] = Field(default_factory=dict)
    wording: dict[str, Any] = Field(default_factory=dict)
    registration: dict[str, Any] | None = None
    arms: list[ArmIn] = Field(default_factory=list)

    def read(self, session: Session, settings: Settings) -> NewStudy:
        prompt_set = prompts.find_by_name(session, self.prompt_set)
        if prompt_set is None:
            raise prompt_errors.PromptSetNameUnknown(self.prompt_set)
        design, wording = self._read_content(settings)
        return NewStudy(
            name=self.name,
            region=self.region,
            prompt_set_id=prompt_set.id,
            design=design,
            wording=wording,
            registration=(
                drafting.parse_registration(self.registration) if self.registration else None
            ),
            arms=tuple(
                ArmChoice(
                    variant_id=variants.get_by_name(session, arm.variant).id,
                    is_baseline=arm.is_baseline,
                    is_photo=arm.is_photo,
                )
                for arm in self.arms
            ),
        )

    def _read_content(self, settings: Settings) -> tuple[StudyDesign, StudyWording]:
        if not self.preset:
            return drafting.parse_design(self.design), drafting.parse_wording(self.wording)
        return presets.fill(
            settings, self.preset, self.region, design=self.design, wording=self.wording
        )


class StudyOut(BaseModel):
    """`registration_sha256` is of design, registration and arms as they were at opening."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "name": "Breakfast dishes",
                    "region": "islands",
                    "state": "open",
                    "design": _NEW["design"],
                    "registration": _NEW["registration"],
                    "registration_sha256": "6f" * 32,
                    "created_at": "2026-03-01T08:00:00Z",
                    "opened_at": "2026-03-02T08:00:00Z",
                    "closed_at": None,
                    "archived_at": None,
                }
            ]
        }
    )

    id: uuid.UUID
    name: str
    region: str
    state: str
    design: Mapping[str, Any]
    registration: Mapping[str, Any] | None
    registration_sha256: str | None
    created_at: dt.datetime
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    archived_at: dt.datetime | None

    @classmethod
    def of(cls, study: Study) -> "StudyOut":
        return cls.model_validate(study, from_attributes=True)


class Reason(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "The pilot of five raters."}]}
    )

    reason: str = Field(min_length=5, max_length=500)


class NewInvite(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"label": "Village group", "max_uses": 20, "days": 14}]},
    )

    label: str = Field(default="", max_length=120)
    max_uses: int | None = Field(default=None, ge=1, le=100_000)
    days: int = Field(default=30, ge=1, le=365)

    @property
    def valid_for(self) -> dt.timedelta:
        return dt.timedelta(days=self.days)


class InviteOut(BaseModel):
    """The address is shown this once, and only its digest kept: in the answer to a repeated
    request it is null.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://rate.example.org/join/Xb3…"}]}
    )

    url: str | None


def write_rating(row: ExportedRating) -> str:
    """One line of NDJSON."""
    return json.dumps(asdict(row), default=str, ensure_ascii=False) + "\n"


class CoveredOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "stratum": "music",
                    "country": "",
                    "num_items": 50,
                    "num_wanted": 150,
                    "num_primary": 61,
                    "num_open": 4,
                    "num_full": 12,
                }
            ]
        }
    )

    stratum: str
    country: str
    num_items: int
    num_wanted: int
    num_primary: int
    num_open: int
    num_full: int

    @classmethod
    def of(cls, row: Covered) -> "CoveredOut":
        return cls.model_validate(row, from_attributes=True)


class CoverageOut(BaseModel):
    """`exhausted`: items that still want ratings and that every rater who is there has had.
    `simulated`: how many of the primary ratings are of simulated raters, which only the study of
    the sandbox has.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"exhausted": 0, "simulated": 0, "rows": []}]}
    )

    total: CoveredOut
    exhausted: int
    simulated: int
    rows: list[CoveredOut]

    @classmethod
    def of(cls, rows: Sequence[Covered], *, exhausted: int, simulated: int) -> "CoverageOut":
        return cls(
            total=CoveredOut.of(coverage.count_total(rows)),
            exhausted=exhausted,
            simulated=simulated,
            rows=[CoveredOut.of(row) for row in rows],
        )
