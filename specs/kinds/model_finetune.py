"""Fine-tune the picture-making network of a diffusion pipeline on a data set."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from specs.inputs import Input, Readable
from specs.job import JobSpec, Queue

Method = Literal["full", "lora"]
Schedule = Literal["linear", "cosine", "constant"]
Precision = Literal["fp32", "bf16", "fp16"]
Crop = Literal["center", "random"]


class ModelFinetune(JobSpec):
    """A batch is what one optimiser step sees. How it is cut up (`accumulation`, `num_processes`)
    changes memory and speed and no more than last bits of what is computed, but for the masks of
    `lora_dropout`.
    """

    kind: ClassVar[str] = "model.finetune"
    label: ClassVar[str] = "Fine-tune a model"
    summary: ClassVar[str] = (
        "Trains the UNet of a Stable Diffusion pipeline on pictures with captions, whole or as "
        "LoRA; VAE and text encoders stay untouched."
    )
    paper: ClassVar[str | None] = "arXiv:2604.11490"
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model"),
        Input(name="dataset", what="dataset"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"model": "model"})
    essentials: ClassVar[tuple[str, ...]] = (
        "name",
        "base",
        "dataset",
        "method",
        "epochs",
        "max_steps",
        "batch_size",
        "learning_rate",
        "sample_every",
    )

    name: str = Field(
        default="",
        max_length=120,
        title="Name",
        description="How people will find the tuned model. Empty: made from base and data set.",
    )
    base: str = Field(
        default="",
        max_length=2000,
        title="Base model",
        description="The pipeline to start from, in diffusers' layout.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures with captions, imported or filtered.",
    )
    method: Method = Field(
        default="full",
        title="What is trained",
        description="All weights of the UNet, or a low-rank adapter (LoRA) beside them.",
    )
    max_steps: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        title="Steps",
        description="Optimiser steps. Empty: as many as the epochs take.",
    )
    epochs: int = Field(
        default=4,
        ge=1,
        le=10_000,
        title="Epochs",
        description="How often every picture is seen, when no number of steps is given.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=65_536,
        title="Batch size",
        description="Pictures per optimiser step, over all parts and processes.",
    )
    accumulation: int = Field(
        default=1,
        ge=1,
        le=4096,
        title="Parts of a batch",
        description="The batch goes through the device in this many parts, to save memory.",
    )
    learning_rate: float = Field(
        default=1e-5,
        gt=0,
        le=1,
        title="Learning rate",
        description="The highest; the schedule lowers it.",
    )
    schedule: Schedule = Field(
        default="linear",
        title="Schedule",
        description="How the learning rate falls: in a line to zero, along a cosine, or not.",
    )
    warmup_steps: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        title="Warm-up steps",
        description="The learning rate rises to its highest in this many steps.",
    )
    weight_decay: float = Field(
        default=0.01, ge=0, le=1, title="Weight decay", description="Of AdamW."
    )
    adam_beta1: float = Field(
        default=0.9, ge=0, lt=1, title="AdamW beta 1", description="Memory of the mean gradient."
    )
    adam_beta2: float = Field(
        default=0.999, ge=0, lt=1, title="AdamW beta 2", description="Memory of its square."
    )
    adam_epsilon: float = Field(
        default=1e-8, gt=0, le=1, title="AdamW epsilon", description="Keeps divisions finite."
    )
    max_grad_norm: float = Field(
        default=1.0,
        ge=0,
        le=1e6,
        title="Largest gradient norm",
        description="Longer gradients are shortened to this. 0: never.",
    )
    min_snr_gamma: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        title="Min-SNR gamma",
        description="Weighs noise levels as arXiv:2303.09556; usual is 5. Empty: all the same.",
    )
    caption_dropout: float = Field(
        default=0.1,
        ge=0,
        le=1,
        title="Caption dropout",
        description="Share of pictures trained without their caption, which guidance needs.",
    )
    ema_decay: float | None = Field(
        default=None,
        ge=0,
        lt=1,
        title="EMA decay",
        description="Publish a moving average of the weights; usual is 0.999. Empty: the last.",
    )
    precision: Precision = Field(
        default="fp32",
        title="Precision",
        description="Of the computation; trained weights are always kept in fp32.",
    )
    gradient_checkpointing: bool = Field(
        default=False,
        title="Gradient checkpointing",
        description="Computes parts twice instead of keeping them: less memory, slower.",
    )
    lora_rank: int = Field(
        default=16, ge=1, le=1024, title="LoRA rank", description="Of the adapter's matrices."
    )
    lora_alpha: float = Field(
        default=16.0,
        gt=0,
        le=4096,
        title="LoRA alpha",
        description="The adapter's share is alpha divided by rank.",
    )
    lora_dropout: float = Field(
        default=0.0, ge=0, lt=1, title="LoRA dropout", description="Before the adapter."
    )
    lora_targets: tuple[str, ...] = Field(
        default=("to_q", "to_k", "to_v", "to_out.0"),
        min_length=1,
        max_length=64,
        title="LoRA targets",
        description="Ends of the names of the layers that get an adapter.",
    )
    fuse_lora: bool = Field(
        default=True,
        title="Fuse LoRA",
        description="Also add the adapter to the UNet that is written, as merging needs it.",
    )
    resolution: int | None = Field(
        default=None,
        ge=8,
        le=4096,
        title="Resolution",
        description="Side of a square picture in pixels. Empty: what the base was made for.",
    )
    max_aspect: float = Field(
        default=2.0,
        ge=1,
        le=8,
        title="Longest shape",
        description="Pictures are grouped by shape up to this ratio of sides. 1: squares only.",
    )
    crop: Crop = Field(
        default="center",
        title="Crop",
        description="Which part is kept of a picture that does not fit its group's shape.",
    )
    num_crops: int = Field(
        default=1,
        ge=1,
        le=32,
        title="Crops per picture",
        description="How many random crops are prepared; the epochs take turns with them.",
    )
    flip: bool = Field(
        default=False,
        title="Mirror",
        description="Also train on mirrored pictures. Not where left and right or letters matter.",
    )
    caption_column: str = Field(
        default="caption",
        min_length=1,
        max_length=120,
        title="Caption column",
        description="Column of the data set that holds the text.",
    )
    sample_every: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        title="Sample every",
        description="Draw sample pictures after this many steps, and at the end. 0: never.",
    )
    sample_prompts: tuple[str, ...] = Field(
        default=(),
        max_length=64,
        title="Sample prompts",
        description="What the samples show. Empty: the first four captions of the data set.",
    )
    sample_steps: int = Field(
        default=25, ge=1, le=1000, title="Sample steps", description="Of the scheduler."
    )
    sample_guidance: float = Field(
        default=5.0, ge=0, le=100, title="Sample guidance", description="Guidance scale; 1: none."
    )
    checkpoint_every: int = Field(
        default=500,
        ge=1,
        le=1_000_000,
        title="Checkpoint every",
        description="Save what is needed to go on after this many steps.",
    )
    num_processes: int = Field(
        default=1,
        ge=1,
        le=1024,
        title="Processes",
        description="One per GPU; more than one are started through accelerate.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Decides order, noise and what is left out.",
    )

    @property
    def micro_batch(self) -> int:
        """Pictures that go through one device at once."""
        return self.batch_size // (self.accumulation * self.num_processes)

    @field_validator("sample_prompts", "lora_targets")
    @classmethod
    def _drop_blank_lines(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value.strip() for value in values if value.strip())

    @field_validator("lora_targets")
    @classmethod
    def _check_targets(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not values:
            raise ValueError("Name at least one layer.")
        return values

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        parts = self.accumulation * self.num_processes
        if self.batch_size % parts:
            message = (
                f"A batch of {self.batch_size} cannot be cut into {self.accumulation} parts for "
                f"each of {self.num_processes} processes; {parts} must divide it."
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_crops(self) -> Self:
        if self.num_crops > 1 and self.crop != "random":
            message = f"{self.num_crops} crops per picture need the crop 'random'."
            raise ValueError(message)
        return self
