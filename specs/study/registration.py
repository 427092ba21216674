"""What was planned before anybody rated. Hashed when the study opens, printed in its report."""

import hashlib
import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from specs.study.design import StudyDesign


class Registration(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    primary_criterion: str = Field(title="Primary criterion")
    comparison: str = Field(
        max_length=300,
        title="Comparison",
        description="Which arm against which, such as 'beta 0.25 against the base'.",
    )
    minimum_effect: Annotated[float, Field(gt=0)] = Field(
        title="Smallest effect of interest", description="In levels of the scale."
    )
    significance_level: Annotated[float, Field(gt=0, lt=1)] = 0.05
    exclusions: str = Field(
        default="",
        max_length=2000,
        title="Exclusions",
        description="Whose ratings will be left out, by which rule.",
    )


def digest(design: StudyDesign, registration: Registration | None, arms: list[str]) -> str:
    """Of everything that opening freezes but the pictures; the same for ever."""
    frozen = {
        "design": design.model_dump(mode="json"),
        "registration": registration.model_dump(mode="json") if registration else None,
        "arms": sorted(arms),
    }
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
