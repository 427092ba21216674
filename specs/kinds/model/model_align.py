"""Fine-tune a model of pictures and texts so that what belongs together lies together."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from specs.inputs import Input, Readable
from specs.job import JobSpec, Queue
from specs.kinds.model import training
from specs.lines import strip_line

Loss = Literal["infonce", "sigmoid"]
WishedLoss = Literal["auto", "infonce", "sigmoid"]


class ModelAlign(JobSpec):
    """A batch is what one optimiser step sees, and what is compared with each other. Cutting it up
    (`accumulation`) changes memory, speed and no more than last bits, but for the masks of
    `lora_dropout`: gradients are cached.
    """

    kind: ClassVar[str] = "model.align"
    label: ClassVar[str] = "Align an encoder"
    summary: ClassVar[str] = (
        "Trains a CLIP, SigLIP or SigLIP2 model on pictures with captions, whole or as LoRA, so "
        "that each picture lies near what is said of it."
    )
    paper: ClassVar[str | None] = "arXiv:2604.11490"
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model", use="vectors"),
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
        "accumulation",
        "learning_rate",
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
        description="The CLIP, SigLIP or SigLIP2 model to start from.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures with captions; a picture may stand in several rows, each with "
        "another caption or one in another language.",
    )
    method: training.Method = Field(
        default="full",
        title="How it is trained",
        description="The weights themselves, or a low-rank adapter (LoRA) beside them.",
    )
    loss: WishedLoss = Field(
        default="auto",
        title="Loss",
        description="Each pair against all others (InfoNCE), or every picture with every text by "
        "itself (sigmoid). Auto: as the family was trained, InfoNCE for CLIP.",
    )
    max_steps: training.MaxSteps = None
    epochs: int = Field(
        default=2,
        ge=1,
        le=10_000,
        title="Epochs",
        description="How often every caption is seen, when no number of steps is given.",
    )
    batch_size: int = Field(
        default=128,
        ge=2,
        le=65_536,
        title="Batch size",
        description="Captions per optimiser step, each with its picture.",
    )
    accumulation: training.Accumulation = 1
    learning_rate: training.LearningRate = 5e-6
    schedule: training.ScheduleName = "linear"
    warmup_steps: training.WarmupSteps = 0
    weight_decay: training.WeightDecay = 0.001
    adam_beta1: training.AdamBeta1 = 0.9
    adam_beta2: training.AdamBeta2 = 0.999
    adam_epsilon: training.AdamEpsilon = 1e-8
    max_grad_norm: training.MaxGradNorm = 1.0
    ema_decay: training.EmaDecay = None
    precision: training.PrecisionName = "fp32"
    lora_rank: training.LoraRank = 16
    lora_alpha: training.LoraAlpha = 16.0
    lora_dropout: training.LoraDropout = 0.0
    lora_targets: training.LoraTargets = ("q_proj", "k_proj", "v_proj", "out_proj")
    fuse_lora: training.FuseLora = True
    held_out: float = Field(
        default=0.05,
        ge=0,
        le=0.9,
        title="Held out",
        description="Share of the pictures that is not learnt but looked at to see how it goes.",
    )
    evaluate_every: int = Field(
        default=100,
        ge=0,
        le=1_000_000,
        title="Evaluate every",
        description="Look at what is held out after this many steps, and at the end. 0: never.",
    )
    max_evaluated: int = Field(
        default=500,
        ge=2,
        le=1_000_000,
        title="Evaluate at most",
        description="No more pictures than this are held out, however many their share would be.",
    )
    checkpoint_every: training.CheckpointEvery = 500
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Decides the order, what is held out, and an adapter's first weights.",
    )

    _strip = field_validator("name", "base", "dataset")(strip_line)

    @property
    def num_processes(self) -> int:
        """What is compared with each other is in one process."""
        return 1

    @property
    def gradient_checkpointing(self) -> None:
        """There is none: caching gradients by parts saves more."""

    @property
    def micro_batch(self) -> int:
        """Pairs that go through the device at once."""
        return self.batch_size // self.accumulation

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        training.check_parts(self.batch_size, self.accumulation, self.num_processes)
        return self
