"""The 2x2: a base and an adapted model, each with and without retrieved passages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from specs.inputs import Input, Readable
from specs.job import JobSpec


class AnswersCompare(JobSpec):
    kind: ClassVar[str] = "answers.compare"
    label: ClassVar[str] = "Compare answers with and without retrieval"
    summary: ClassVar[str] = (
        "Sets {base, adapted} x {plain, retrieved} side by side on the same questions: four cells, "
        "what adaptation does, what retrieval does, and how they act together, with intervals, "
        "globally and regionally."
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="plain", what="scores"),
        Input(name="retrieved", what="scores"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({})

    plain: str = Field(
        default="",
        max_length=2000,
        title="Without retrieval",
        description="What answers.score made of answers without passages.",
    )
    retrieved: str = Field(
        default="",
        max_length=2000,
        title="With retrieval",
        description="What answers.score made of the same models' answers with passages.",
    )
    base: str = Field(
        default="",
        max_length=120,
        title="Base",
        description="The variant others are compared with. Empty: that of beta 0.",
    )
    adapted: str = Field(
        default="",
        max_length=120,
        title="Adapted",
        description="The variant that was adapted. Empty: the only other one.",
    )
    num_resamples: int = Field(
        default=2000,
        ge=100,
        le=100_000,
        title="Resamples",
        description="How often questions are drawn for the intervals.",
    )
    confidence: float = Field(
        default=0.95, gt=0.5, lt=1, title="Confidence", description="Of the intervals."
    )
    seed: int = Field(default=0, ge=0, title="Seed", description="Of what is drawn.")
