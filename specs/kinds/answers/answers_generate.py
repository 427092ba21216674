"""Answer the questions of a quiz: with one model, or with every merge of two."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from specs.inputs import Input, Readable
from specs.job import Device, Dtype, JobSpec, Queue
from specs.kinds.images.images_generate import Beta, Seed


class AnswersGenerate(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"base": "base", "tuned": "tuned", "quiz": "dishes", "betas": [0.0, 0.25, 1.0]}
            ]
        }
    )

    kind: ClassVar[str] = "answers.generate"
    label: ClassVar[str] = "Answer questions"
    summary: ClassVar[str] = (
        "Answers every question of a quiz, with one model or with a sweep of merges of two, which "
        "are interpolated in memory and never written; plain, or with retrieved passages."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model", use="answers"),
        Input(name="tuned", what="model", use="answers", required=False),
        Input(name="quiz", what="quiz"),
        Input(name="passages", what="passages", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"outputs": ""})
    essentials: ClassVar[tuple[str, ...]] = (
        "base",
        "tuned",
        "betas",
        "quiz",
        "passages",
        "num_passages",
        "max_new_tokens",
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
    quiz: str = Field(
        default="", max_length=2000, title="Quiz", description="The questions to answer."
    )
    passages: str = Field(
        default="",
        max_length=2000,
        title="Passages",
        description="What was retrieved for each question. Empty: questions are asked alone.",
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
    seeds: tuple[Seed, ...] = Field(
        default=(0,),
        min_length=1,
        title="Seeds",
        description="One answer per question and seed, which alone decide what is drawn.",
    )
    max_questions: int | None = Field(
        default=None, ge=1, title="At most", description="Only this many questions. Empty: all."
    )
    num_passages: int = Field(
        default=5,
        ge=1,
        le=100,
        title="Passages per question",
        description="How many of the best passages stand before the question.",
    )
    temperature: float = Field(
        default=0.0,
        ge=0,
        le=10,
        title="Temperature",
        description="How freely words are drawn. 0: always the likeliest one.",
    )
    top_p: float = Field(
        default=1.0,
        gt=0,
        le=1,
        title="Likeliest share",
        description="Words are drawn from the likeliest that together have this probability.",
    )
    max_new_tokens: int = Field(
        default=64,
        ge=1,
        le=8192,
        title="Longest answer (tokens)",
        description="An answer that is not finished by then is kept as it is, and marked.",
    )
    likelihood: bool = Field(
        default=False,
        title="Weigh options",
        description="Say also how likely each option is as an answer to the open question.",
    )
    system: str = Field(
        default="",
        max_length=4000,
        title="System prompt",
        description="What the model is told before each question. Empty: nothing.",
    )
    batch_size: int = Field(
        default=8,
        ge=1,
        le=1024,
        title="Batch size",
        description="Answers made at once. Part of the plan: another size, other last bits.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )
    dtype: Dtype = Field(
        default="auto",
        title="Number format",
        description="'auto' is bf16 on a GPU and fp32 on a processor.",
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Threads",
        description="Of the processor; part of the plan like the batch size. Empty: torch's own.",
    )

    @model_validator(mode="after")
    def _check_sweep(self) -> Self:
        for name, values in (("betas", self.betas), ("seeds", self.seeds)):
            if len(set(values)) < len(values):
                raise ValueError(f"The {name} hold a number twice.")
        if self.tuned and not self.betas:
            raise ValueError("A sweep needs betas: name the shares of the regional model to try.")
        if self.temperature == 0 and len(self.seeds) > 1:
            raise ValueError(
                "At temperature 0 every seed gives the same answer: name one seed, or a "
                "temperature above 0."
            )
        return self
