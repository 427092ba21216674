"""Open a study: re-encode its pictures, draw its items, let raters in."""

from typing import ClassVar

from pydantic import Field

from specs.job import JobSpec


class StudyOpen(JobSpec):
    kind: ClassVar[str] = "study.open"
    label: ClassVar[str] = "Open a study"
    summary: ClassVar[str] = (
        "Makes the pictures of all arms alike in size and format, draws the items and opens the "
        "study for raters. Arms, scale, criteria and prompts are frozen from then on."
    )
    is_repeatable: ClassVar[bool] = False

    study: str = Field(
        min_length=1, max_length=120, title="Study", description="The name of a draft."
    )
