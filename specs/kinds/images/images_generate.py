"""Make pictures from prompts: with one model, or with every merge of two."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from specs.inputs import Input, Readable
from specs.job import Device, Dtype, JobSpec, Queue

SchedulerName = Literal[
    "model",
    "ddim",
    "ddpm",
    "dpmpp-2m",
    "dpmpp-2m-karras",
    "euler",
    "euler-ancestral",
    "heun",
    "lms",
    "pndm",
    "unipc",
]
Beta = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class ImagesGenerate(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "base": "base",
                    "tuned": "tuned",
                    "prompts": "markets",
                    "betas": [0.0, 0.25, 1.0],
                    "seeds": [0, 1],
                }
            ]
        }
    )

    kind: ClassVar[str] = "images.generate"
    label: ClassVar[str] = "Generate pictures"
    summary: ClassVar[str] = (
        "Makes one picture per prompt and seed, with one model or with a sweep of merges of two, "
        "which are interpolated in memory and never written."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model", use="pictures"),
        Input(name="tuned", what="model", use="pictures", required=False),
        Input(name="prompts", what="prompts"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"outputs": ""})
    essentials: ClassVar[tuple[str, ...]] = (
        "base",
        "tuned",
        "betas",
        "prompts",
        "seeds",
        "steps",
        "guidance",
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
    prompts: str = Field(
        default="", max_length=2000, title="Prompts", description="What the pictures should show."
    )
    betas: tuple[Beta, ...] = Field(
        default=(),
        title="Betas",
        description="Shares of regional weights, from 0 to 1: one variant of a sweep for each.",
    )
    component: str = Field(
        default="unet",
        pattern=r"^[a-z][a-z0-9_]*$",
        max_length=60,
        title="Merged component",
        description="The part of the pipeline that a sweep interpolates.",
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
        description="One picture per prompt and seed. Prompt and seed alone decide its noise.",
    )
    max_prompts: int | None = Field(
        default=None, ge=1, title="At most", description="Only this many prompts. Empty: all."
    )
    scheduler: SchedulerName = Field(
        default="model",
        title="Scheduler",
        description="How noise is taken away; 'model' is the one that the model brings.",
    )
    steps: int = Field(
        default=30, ge=1, le=1000, title="Steps", description="Denoising steps per picture."
    )
    guidance: float = Field(
        default=5.0,
        ge=0,
        le=50,
        title="Guidance",
        description="How strongly the prompt counts. Up to 1: without guidance.",
    )
    negative: str = Field(
        default="",
        max_length=2000,
        title="Negative prompt",
        description="What pictures should not show, where a prompt names nothing of its own.",
    )
    width: int | None = Field(
        default=None, ge=8, le=8192, title="Width", description="Pixels. Empty: the model's own."
    )
    height: int | None = Field(
        default=None, ge=8, le=8192, title="Height", description="Pixels. Empty: the model's own."
    )
    batch_size: int = Field(
        default=4,
        ge=1,
        le=1024,
        title="Batch size",
        description="Pictures made at once. Part of the plan: another size, other last bits.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )
    dtype: Dtype = Field(
        default="auto",
        title="Number format",
        description="'auto' is fp16 on a GPU and fp32 on a processor.",
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Threads",
        description="Of the processor; part of the plan like the batch size. Empty: torch's own.",
    )
    compile: bool = Field(
        default=False,
        title="Compile",
        description="Compile the denoiser first; pays on a GPU, and is refused elsewhere.",
    )
    sheet_prompts: int = Field(
        default=8,
        ge=0,
        le=100,
        title="Prompts on the contact sheet",
        description="How many prompts the sheet of prompts by variants shows.",
    )

    @model_validator(mode="after")
    def _check_sweep(self) -> Self:
        for name, values in (("betas", self.betas), ("seeds", self.seeds)):
            if len(set(values)) < len(values):
                raise ValueError(f"The {name} hold a number twice.")
        if self.tuned and not self.betas:
            raise ValueError("A sweep needs betas: name the shares of the regional model to try.")
        return self
