"""Fields that every kind of training has, each with its title, bounds and words, written once.

A kind lists those it takes, with defaults of its own.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

Method = Literal["full", "lora"]
Schedule = Literal["linear", "cosine", "constant"]
Precision = Literal["fp32", "bf16", "fp16"]


def drop_blank_lines(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.strip() for value in values if value.strip())


def _check_targets(values: tuple[str, ...]) -> tuple[str, ...]:
    found = drop_blank_lines(values)
    if not found:
        raise ValueError("Name at least one layer.")
    return found


MaxSteps = Annotated[
    int | None,
    Field(
        ge=1,
        le=10_000_000,
        title="Steps",
        description="Optimiser steps. Empty: as many as the epochs take.",
    ),
]
Accumulation = Annotated[
    int,
    Field(
        ge=1,
        le=4096,
        title="Parts of a batch",
        description="The batch goes through the device in this many parts, to save memory.",
    ),
]
LearningRate = Annotated[
    float,
    Field(
        gt=0,
        le=1,
        title="Learning rate",
        description="The highest; the schedule lowers it.",
    ),
]
ScheduleName = Annotated[
    Schedule,
    Field(
        title="Schedule",
        description="How the learning rate falls: in a line to zero, along a cosine, or not.",
    ),
]
WarmupSteps = Annotated[
    int,
    Field(
        ge=0,
        le=1_000_000,
        title="Warm-up steps",
        description="The learning rate rises to its highest in this many steps.",
    ),
]
WeightDecay = Annotated[float, Field(ge=0, le=1, title="Weight decay", description="Of AdamW.")]
AdamBeta1 = Annotated[
    float, Field(ge=0, lt=1, title="AdamW beta 1", description="Memory of the mean gradient.")
]
AdamBeta2 = Annotated[
    float, Field(ge=0, lt=1, title="AdamW beta 2", description="Memory of its square.")
]
AdamEpsilon = Annotated[
    float, Field(gt=0, le=1, title="AdamW epsilon", description="Keeps divisions finite.")
]
MaxGradNorm = Annotated[
    float,
    Field(
        ge=0,
        le=1e6,
        title="Largest gradient norm",
        description="Longer gradients are shortened to this. 0: never.",
    ),
]
EmaDecay = Annotated[
    float | None,
    Field(
        ge=0,
        lt=1,
        title="EMA decay",
        description="Publish a moving average of the weights; usual is 0.999. Empty: the last.",
    ),
]
PrecisionName = Annotated[
    Precision,
    Field(
        title="Precision",
        description="Of the computation; trained weights are always kept in fp32.",
    ),
]
GradientCheckpointing = Annotated[
    bool,
    Field(
        title="Gradient checkpointing",
        description="Computes parts twice instead of keeping them: less memory, slower.",
    ),
]
LoraRank = Annotated[
    int, Field(ge=1, le=1024, title="LoRA rank", description="Of the adapter's matrices.")
]
LoraAlpha = Annotated[
    float,
    Field(
        gt=0,
        le=4096,
        title="LoRA alpha",
        description="The adapter's share is alpha divided by rank.",
    ),
]
LoraDropout = Annotated[
    float, Field(ge=0, lt=1, title="LoRA dropout", description="Before the adapter.")
]
LoraTargets = Annotated[
    tuple[str, ...],
    Field(
        min_length=1,
        max_length=64,
        title="LoRA targets",
        description="Ends of the names of the layers that get an adapter.",
    ),
    AfterValidator(_check_targets),
]
FuseLora = Annotated[
    bool,
    Field(
        title="Fuse LoRA",
        description="Also add the adapter to the weights that are written, as merging needs it.",
    ),
]
CheckpointEvery = Annotated[
    int,
    Field(
        ge=1,
        le=1_000_000,
        title="Checkpoint every",
        description="Save what is needed to go on after this many steps.",
    ),
]
NumProcesses = Annotated[
    int,
    Field(
        ge=1,
        le=1024,
        title="Processes",
        description="One per GPU; more than one are started through accelerate.",
    ),
]


def check_parts(batch_size: int, accumulation: int, num_processes: int) -> None:
    parts = accumulation * num_processes
    if batch_size % parts:
        message = (
            f"A batch of {batch_size} cannot be cut into {accumulation} parts for each of "
            f"{num_processes} processes; {parts} must divide it."
        )
        raise ValueError(message)
