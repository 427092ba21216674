"""Ask a judge yes/no questions about pictures that were generated, and score the answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from specs.inputs import Input, Readable
from specs.job import Device, Dtype, JobSpec, Queue

JudgeMethod = Literal["blip-vqa", "llava", "attributes", "answers"]
ScoringMode = Literal["dsg", "dpg", "dpg-official"]
ScopeChoice = Literal["auto", "global", "regional"]


class BenchmarkRun(JobSpec):
    kind: ClassVar[str] = "benchmark.run"
    label: ClassVar[str] = "Run a benchmark"
    summary: ClassVar[str] = (
        "Asks a judge yes/no questions about generated pictures and scores the answers per "
        "variant, by category, with every gap counted."
    )
    paper: ClassVar[str | None] = "DSG: arXiv 2310.18235; DPG-Bench: arXiv 2403.05135"
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="outputs", what="outputs"),
        Input(name="questions", what="questions"),
        Input(name="judge", what="model", required=False),
        Input(name="answers", what="answers", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"answers": "answers.csv"})
    essentials: ClassVar[tuple[str, ...]] = (
        "outputs",
        "questions",
        "judge_method",
        "judge",
        "mode",
    )

    outputs: str = Field(
        default="",
        max_length=2000,
        title="Pictures",
        description="What images.generate made. Empty when a step before supplies it.",
    )
    questions: str = Field(
        default="",
        max_length=2000,
        title="Questions",
        description="A question file in DSG's columns, or a folder of such files.",
    )
    judge_method: JudgeMethod = Field(
        default="blip-vqa",
        title="Kind of judge",
        description="How the questions are answered; 'answers' reads what was answered elsewhere.",
    )
    judge: str = Field(
        default="",
        max_length=2000,
        title="Judge",
        description="The model that answers, for every kind of judge but 'answers'.",
    )
    answers: str = Field(
        default="",
        max_length=2000,
        title="Answers",
        description="A file of answers computed elsewhere, for the judge 'answers' only.",
    )
    mode: ScoringMode = Field(
        default="dsg",
        title="Scoring",
        description="How answers become a score; scores of different modes are not comparable.",
    )
    scope: ScopeChoice = Field(
        default="auto",
        title="Scope",
        description="What the questions measure; 'auto' takes each prompt's own scope.",
    )
    metric: str = Field(
        default="",
        max_length=120,
        title="Name of the metric",
        description="How tables call the score. Empty: the name of the scoring.",
    )
    batch_size: int = Field(
        default=8,
        ge=1,
        le=1024,
        title="Batch size",
        description="How many questions the judge answers at once.",
    )
    max_new_tokens: int = Field(
        default=10,
        ge=1,
        le=256,
        title="Longest answer (tokens)",
        description="For judges that write their answer.",
    )
    template: str = Field(
        default="{question} Answer yes or no.",
        min_length=1,
        max_length=500,
        title="Wording",
        description="How a judge that follows instructions is asked; holds {question} once.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )
    dtype: Dtype = Field(
        default="auto",
        title="Number format",
        description="'auto' is fp16 on a GPU and fp32 on a processor.",
    )

    @field_validator("template")
    @classmethod
    def _check_template(cls, value: str) -> str:
        if value.count("{question}") != 1:
            raise ValueError("It must hold {question} exactly once.")
        return value
