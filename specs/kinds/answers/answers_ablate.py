"""What which data did: several models that were taught the same way on other data, in one table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from specs.inputs import Input, Readable
from specs.job import JobSpec

MOST = 40  # taught models
BASE = "base"  # how the model that was taught nothing is called

Label = Annotated[str, Field(min_length=1, max_length=80)]
Reference = Annotated[str, Field(max_length=2000)]


class AnswersAblate(JobSpec):
    kind: ClassVar[str] = "answers.ablate"
    label: ClassVar[str] = "Compare what was learnt from"
    summary: ClassVar[str] = (
        "Sets models that were taught on other data side by side on the same questions, and says "
        "of each addition whether it helps, hurts, or cannot be told apart from nothing."
    )
    paper: ClassVar[str | None] = "arXiv:2604.11490"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="scores"),
        Input(name="taught", what="scores", many=True),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({})
    essentials: ClassVar[tuple[str, ...]] = ("base", "taught", "labels", "against")

    base: str = Field(
        default="",
        max_length=2000,
        title="Scores of the base",
        description="What answers.score made of the base model.",
    )
    taught: tuple[Reference, ...] = Field(
        default=(),
        max_length=MOST,
        title="Scores of what was taught",
        description="What answers.score made of each of the models that were taught.",
    )
    labels: tuple[Label, ...] = Field(
        default=(),
        max_length=MOST,
        title="Labels",
        description="What each model learnt from, in their order. Empty: their numbers.",
    )
    against: tuple[Annotated[int, Field(ge=0, le=MOST)], ...] = Field(
        default=(),
        max_length=MOST,
        title="Added to",
        description="For each, the number of the one whose data it adds to, 0 for the base. "
        "Empty: all are added to the base.",
    )
    variant: str = Field(
        default="",
        max_length=120,
        title="Variant",
        description="Which variant of each taught model counts. Empty: its only one, or that of "
        "beta 1.",
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

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        for number, before in enumerate(self.against, start=1):
            if before >= number:
                raise ValueError(
                    f"Number {number} is added to number {before}; it must be an earlier one, or 0."
                )
        twice = next((each for each in self.labels if self.labels.count(each) > 1), None)
        if twice is not None:
            raise ValueError(f"The label '{twice}' is there twice.")
        if BASE in self.labels:
            raise ValueError(f"The label '{BASE}' is that of the model before it was taught.")
        return self
