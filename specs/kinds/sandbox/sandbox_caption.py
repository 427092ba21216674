"""Draw pictures of the sandbox's world, each captioned in several languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.kinds.sandbox import drawing
from specs.lines import strip_line


class SandboxCaption(JobSpec):
    kind: ClassVar[str] = "sandbox.caption"
    label: ClassVar[str] = "Draw captions"
    summary: ClassVar[str] = (
        "Draws pictures of the sandbox's small world, each with a caption in every language, for "
        "retrieval and for distillation. Nothing is wrong with any of them."
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"dataset": ""})

    name: str = Field(
        default="Drawn captions",
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find this data set. Must not be taken.",
    )
    num_pictures: int = Field(
        default=2000,
        ge=10,
        le=50_000,
        title="Pictures",
        description="How many are drawn; each is a row in each language.",
    )
    regional_share: drawing.RegionalShare = 0.5
    languages: drawing.Languages = Field(
        default=(),
        title="Languages of captions",
        description="Empty: all that the world speaks.",
    )
    seed: drawing.Seed = 0

    _strip = field_validator("name")(strip_line)
