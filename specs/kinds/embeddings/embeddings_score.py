"""Measure how well a model of pictures and texts puts together what belongs together."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from specs.inputs import Input, Readable
from specs.job import Device, JobSpec, Queue
from specs.kinds.images.images_generate import Beta

EmbeddingMethod = Literal["retrieval", "zeroshot", "classification"]
Measure = Literal["R@1", "R@5", "R@10", "MRR@10"]
ScopeChoice = Literal["auto", "global", "regional"]
Template = Annotated[str, Field(min_length=1, max_length=500)]

QUESTION, OPTION = "{question}", "{option}"


class EmbeddingsScore(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"base": "base", "tuned": "tuned", "dataset": "dishes", "betas": [0.0, 0.5, 1.0]}
            ]
        }
    )

    kind: ClassVar[str] = "embeddings.score"
    label: ClassVar[str] = "Score embeddings"
    summary: ClassVar[str] = (
        "Measures CLIP, SigLIP or SigLIP2, or a sweep of merges of two, by similarity alone: "
        "retrieval in both directions by language, questions with options, or classes; per variant "
        "and scope."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model", use="vectors"),
        Input(name="tuned", what="model", use="vectors", required=False),
        Input(name="dataset", what="dataset", required=False),
        Input(name="quiz", what="quiz", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"answers": ""})
    essentials: ClassVar[tuple[str, ...]] = (
        "method",
        "base",
        "tuned",
        "betas",
        "dataset",
        "quiz",
        "measure",
        "scope",
    )

    method: EmbeddingMethod = Field(
        default="retrieval",
        title="Benchmark",
        description="What is asked: to find texts and pictures, to choose options, or classes.",
    )
    base: str = Field(
        default="", max_length=2000, title="Model", description="The model, or a sweep's base."
    )
    tuned: str = Field(
        default="",
        max_length=2000,
        title="Regional model",
        description="The other end of a sweep: a whole model or a LoRA of the base. Empty: none.",
    )
    betas: tuple[Beta, ...] = Field(
        default=(),
        title="Betas",
        description="Shares of regional weights, from 0 to 1: one variant of a sweep for each.",
    )
    lora_scale: float = Field(
        default=1.0,
        ge=0,
        le=10,
        title="LoRA scale",
        description="How strongly a regional LoRA counts at beta 1.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures with captions, for retrieval; with classes, for classification.",
    )
    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="Questions with options about pictures, for zero-shot questions; for retrieval "
        "the right option is the text.",
    )
    measure: Measure = Field(
        default="MRR@10",
        title="Measure of retrieval",
        description="Which one is the score; all of them stand beside it.",
    )
    templates: tuple[Template, ...] = Field(
        default=(),
        max_length=100,
        title="Wordings",
        description="Texts with {option}, perhaps {question}; of several, the mean vector counts. "
        "Empty: the benchmark's own.",
    )
    label_column: str = Field(
        default="category",
        min_length=1,
        max_length=120,
        title="Column of classes",
        description="For classification: a column of the data set, or a name in what the source "
        "said besides.",
    )
    scope: ScopeChoice = Field(
        default="auto",
        title="Scope",
        description="What the material measures; 'auto' takes each question's or item's own scope.",
    )
    metric: str = Field(
        default="",
        max_length=120,
        title="Name of the metric",
        description="How tables call the score. Empty: the measure of retrieval, or the benchmark.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=4096,
        title="Batch size",
        description="Pictures or texts embedded at once. Part of the plan: another size, other "
        "last bits.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )

    @field_validator("templates")
    @classmethod
    def _check_templates(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value.count(OPTION) != 1 or value.count(QUESTION) > 1:
                raise ValueError(
                    f"'{value}' must hold {OPTION} exactly once, and {QUESTION} at most once."
                )
        return values

    @model_validator(mode="after")
    def _check_sweep(self) -> Self:
        if len(set(self.betas)) < len(self.betas):
            raise ValueError("The betas hold a number twice.")
        if self.tuned and not self.betas:
            raise ValueError("A sweep needs betas: name the shares of the regional model to try.")
        return self

    @model_validator(mode="after")
    def _check_material(self) -> Self:
        if self.dataset and self.quiz:
            raise ValueError("Name a data set or a quiz, not both.")
        return self
