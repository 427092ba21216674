"""Draw a quiz of the sandbox's world to learn from."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field, field_validator

from specs.inputs import Readable
from specs.job import JobSpec
from specs.kinds.sandbox import drawing
from specs.lines import strip_line


class SandboxAsk(JobSpec):
    kind: ClassVar[str] = "sandbox.ask"
    label: ClassVar[str] = "Draw a quiz"
    summary: ClassVar[str] = (
        "Draws pictures of the sandbox's small world and asks about them, in English and "
        "Indonesian: multiple choice and open-ended, about what is seen and what is known."
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"quiz": ""})

    name: str = Field(
        default="Drawn quiz",
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find this quiz.",
    )
    num_pictures: int = Field(
        default=3000, ge=10, le=50_000, title="Pictures", description="How many are drawn."
    )
    num_questions: int = Field(
        default=4,
        ge=1,
        le=8,
        title="Questions",
        description="About each picture; each is written in both languages.",
    )
    regional_share: drawing.RegionalShare = 0.1
    wrong_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        title="Wrong answers",
        description="Share of questions about regional things whose answer is of another thing.",
    )
    open_share: float = Field(
        default=0.4,
        ge=0,
        le=1,
        title="Open-ended",
        description="Share of questions without options.",
    )
    seed: drawing.Seed = 0

    _strip = field_validator("name")(strip_line)
