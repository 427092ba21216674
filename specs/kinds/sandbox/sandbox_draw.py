"""Draw a pool of the sandbox's world."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.kinds.sandbox import drawing
from specs.lines import strip_line


class SandboxDraw(JobSpec):
    kind: ClassVar[str] = "sandbox.draw"
    label: ClassVar[str] = "Draw a pool"
    summary: ClassVar[str] = (
        "Draws a worldwide pool of captioned pictures of the sandbox's small world, with the flaws "
        "of a real one, and keeps the truth about each."
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"dataset": ""})

    name: str = Field(
        default="Drawn pool",
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find this data set. Must not be taken.",
    )
    languages: drawing.Languages = Field(
        default=(),
        title="Languages of captions",
        description="Each as likely as the others. Empty: English, and Indonesian where it is at "
        "home.",
    )
    num_pictures: int = Field(
        default=30_000,
        ge=50,
        le=200_000,
        title="Pictures",
        description="How many, near duplicates and damaged ones included.",
    )
    regional_share: drawing.RegionalShare = 0.02
    vague_share: float = Field(
        default=0.3,
        ge=0,
        le=1,
        title="Vague captions",
        description="Share of regional pictures whose caption says something general, such as "
        "'patterned cloth'.",
    )
    wrong_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        title="Wrong captions",
        description="Share of regional pictures whose caption names another thing of its kind.",
    )
    copy_share: float = Field(
        default=0.05,
        ge=0,
        le=0.5,
        title="Near duplicates",
        description="Share of pictures that are another one again: cut, scaled, brightened, "
        "compressed.",
    )
    blur_share: float = Field(
        default=0.03, ge=0, le=0.3, title="Blurred", description="Share of blurred pictures."
    )
    damage_share: float = Field(
        default=0.01,
        ge=0,
        le=0.2,
        title="Damaged",
        description="Share of files that are cut off, are no picture, or are tiny.",
    )
    mistag_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        title="Wrong tags",
        description="Share of pictures with a wrong country, and as many with a wrong language.",
    )
    seed: drawing.Seed = 0

    _strip = field_validator("name")(strip_line)

    @model_validator(mode="after")
    def _check_captions(self) -> Self:
        if self.vague_share + self.wrong_share > 1:
            raise ValueError(
                f"The shares of vague captions ({self.vague_share:g}) and of wrong ones "
                f"({self.wrong_share:g}) are more than 1 together."
            )
        return self
