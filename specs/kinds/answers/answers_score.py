"""Score the answers that models gave to a quiz."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import Field

from specs.inputs import Input, Readable
from specs.job import JobSpec

AnswerMode = Literal["choice", "likelihood", "open"]
ScopeChoice = Literal["auto", "global", "regional"]


class AnswersScore(JobSpec):
    kind: ClassVar[str] = "answers.score"
    label: ClassVar[str] = "Score answers"
    summary: ClassVar[str] = (
        "Reads what models answered to a quiz and scores it per variant and scope, by country, "
        "language and category; refusals, answers that cannot be read and missing ones are counted "
        "apart."
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="outputs", what="outputs"),
        Input(name="quiz", what="quiz"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"scores": ""})

    outputs: str = Field(
        default="",
        max_length=2000,
        title="Answers",
        description="What answers.generate made. Empty when a step before supplies it.",
    )
    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="The questions that were asked, with what is right.",
    )
    mode: AnswerMode = Field(
        default="choice",
        title="Scoring",
        description="By the option's letter, by the likeliest option, or by accepted words; scores "
        "of different modes are not comparable.",
    )
    scope: ScopeChoice = Field(
        default="auto",
        title="Scope",
        description="What the questions measure; 'auto' takes each question's own scope.",
    )
    metric: str = Field(
        default="",
        max_length=120,
        title="Name of the metric",
        description="How tables call the score. Empty: the name of the scoring.",
    )

    @property
    def needs_options(self) -> bool:
        return self.mode != "open"
