"""A study to begin with: its design and its words, as a preset has them."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from specs.region import Region
from specs.study import wording as words
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording


class StudyPreset(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    design: StudyDesign
    wording: StudyWording

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        gaps = words.list_gaps(self.design, self.wording)
        if gaps:
            raise ValueError(gaps[0])
        return self

    def settle(self, region: Region) -> tuple[StudyDesign, StudyWording]:
        """For this region: the strata are its own, unless the preset names some."""
        strata = self.design.strata or tuple(each.key for each in region.strata)
        return self.design.model_copy(update={"strata": strata}), self.wording
