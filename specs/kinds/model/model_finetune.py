"""Fine-tune the picture-making network of a diffusion pipeline on a data set."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from specs.inputs import Input, Readable
from specs.job import JobSpec, Queue
from specs.kinds.model import training
from specs.lines import strip_line

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
        Input(name="base", what="model", use="pictures"),
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
    method: training.Method = Field(
        default="full",
        title="What is trained",
        description="All weights of the UNet, or a low-rank adapter (LoRA) beside them.",
    )
    max_steps: training.MaxSteps = None
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
    accumulation: training.Accumulation = 1
    learning_rate: training.LearningRate = 1e-5
    schedule: training.ScheduleName = "linear"
    warmup_steps: training.WarmupSteps = 0
    weight_decay: training.WeightDecay = 0.01
    adam_beta1: training.AdamBeta1 = 0.9
    adam_beta2: training.AdamBeta2 = 0.999
    adam_epsilon: training.AdamEpsilon = 1e-8
    max_grad_norm: training.MaxGradNorm = 1.0
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
    ema_decay: training.EmaDecay = None
    precision: training.PrecisionName = "fp32"
    gradient_checkpointing: training.GradientCheckpointing = False
    lora_rank: training.LoraRank = 16
    lora_alpha: training.LoraAlpha = 16.0
    lora_dropout: training.LoraDropout = 0.0
    lora_targets: training.LoraTargets = ("to_q", "to_k", "to_v", "to_out.0")
    fuse_lora: training.FuseLora = True
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
    checkpoint_every: training.CheckpointEvery = 500
    num_processes: training.NumProcesses = 1
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Decides order, noise and what is left out.",
    )

    _strip = field_validator("name", "base", "dataset")(strip_line)

    @property
    def micro_batch(self) -> int:
        """Pictures that go through one device at once."""
        return self.batch_size // (self.accumulation * self.num_processes)

    @field_validator("sample_prompts")
    @classmethod
    def _drop_blank_lines(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return training.drop_blank_lines(values)

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        training.check_parts(self.batch_size, self.accumulation, self.num_processes)
        return self

    @model_validator(mode="after")
    def _check_crops(self) -> Self:
        if self.num_crops > 1 and self.crop != "random":
            message = f"{self.num_crops} crops per picture need the crop 'random'."
            raise ValueError(message)
        return self
