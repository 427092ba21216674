"""Teach a smaller model of pictures and texts what a larger one knows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from specs.distillation.fd import FeatureDistillation
from specs.distillation.registry import Formulation
from specs.inputs import Input, Readable
from specs.job import JobSpec, Queue
from specs.kinds.model import training
from specs.lines import strip_line

Start = Literal["every-other", "fresh"]


class ModelDistill(JobSpec):
    """A batch is what one optimiser step sees, and what is compared with each other. Cutting it up
    (`accumulation`) changes memory, speed and no more than last bits: gradients are cached.
    """

    kind: ClassVar[str] = "model.distill"
    label: ClassVar[str] = "Distil a model"
    summary: ClassVar[str] = (
        "Makes a student of half the depth of a CLIP, SigLIP or SigLIP2 model and teaches it on "
        "pictures with captions in several languages."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="teacher", what="model", use="vectors"),
        Input(name="dataset", what="dataset"),
        Input(name="material", what="material", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"model": "model"})
    essentials: ClassVar[tuple[str, ...]] = (
        "name",
        "teacher",
        "dataset",
        "formulations",
        "start",
        "epochs",
        "batch_size",
        "learning_rate",
        "seed",
    )

    name: str = Field(
        default="",
        max_length=120,
        title="Name",
        description="How people will find the student. Empty: made from teacher and data set.",
    )
    teacher: str = Field(
        default="",
        max_length=2000,
        title="Teacher",
        description="A CLIP, SigLIP or SigLIP2 model. It is not changed.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures with captions; a picture may stand in several rows, each with its "
        "caption in another language.",
    )
    material: str = Field(
        default="",
        max_length=2000,
        title="Material",
        description="What distillation.prepare made of this teacher and these data. Empty: the "
        "teacher is asked now.",
    )
    formulations: tuple[Formulation, ...] = Field(
        default=(FeatureDistillation(),),
        min_length=1,
        max_length=5,
        title="Formulations",
        description="What the student learns from the teacher, each with its weight in the sum.",
    )
    start: Start = Field(
        default="every-other",
        title="Start",
        description="From every other layer of the teacher, or from fresh weights.",
    )
    max_steps: training.MaxSteps = None
    epochs: int = Field(
        default=10,
        ge=1,
        le=10_000,
        title="Epochs",
        description="How often every picture is seen, when no number of steps is given.",
    )
    batch_size: int = Field(
        default=64,
        ge=2,
        le=65_536,
        title="Batch size",
        description="Pictures per optimiser step, each with all its captions.",
    )
    accumulation: training.Accumulation = 1
    learning_rate: training.LearningRate = 1e-4
    schedule: training.ScheduleName = "cosine"
    warmup_steps: training.WarmupSteps = 0
    weight_decay: training.WeightDecay = 0.01
    adam_beta1: training.AdamBeta1 = 0.9
    adam_beta2: training.AdamBeta2 = 0.98
    adam_epsilon: training.AdamEpsilon = 1e-6
    max_grad_norm: training.MaxGradNorm = 1.0
    ema_decay: training.EmaDecay = None
    precision: training.PrecisionName = "fp32"
    checkpoint_every: training.CheckpointEvery = 500
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Decides the order, and the weights of a fresh student.",
    )

    _strip = field_validator("name", "teacher", "dataset", "material")(strip_line)

    @property
    def method(self) -> training.Method:
        return "full"

    @property
    def num_processes(self) -> int:
        """What is compared with each other is in one process."""
        return 1

    @property
    def gradient_checkpointing(self) -> None:
        """There is none: caching gradients by parts saves more."""

    @property
    def micro_batch(self) -> int:
        """Pictures that go through the device at once."""
        return self.batch_size // self.accumulation

    @model_validator(mode="after")
    def _check(self) -> Self:
        training.check_parts(self.batch_size, self.accumulation, self.num_processes)
        names = [each.method for each in self.formulations]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"The formulation '{twice[0]}' is given twice; weigh it instead.")
        return self
