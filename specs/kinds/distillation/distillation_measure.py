"""Measure all that a study of distillation compares, of one model."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from specs.inputs import Input, Readable
from specs.job import Device, JobSpec, Queue


class DistillationMeasure(JobSpec):
    kind: ClassVar[str] = "distillation.measure"
    label: ClassVar[str] = "Measure a student"
    summary: ClassVar[str] = (
        "Measures a student, or a teacher by itself: retrieval in every language, questions, how "
        "far translations agree, likeness to the teacher, size and speed."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="model", what="model", use="vectors"),
        Input(name="teacher", what="model", use="vectors", required=False),
        Input(name="dataset", what="dataset"),
        Input(name="quiz", what="quiz", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"measured": ""})
    essentials: ClassVar[tuple[str, ...]] = ("model", "teacher", "dataset", "quiz")

    model: str = Field(
        default="",
        max_length=2000,
        title="Model",
        description="A student that was distilled here; or a teacher, and then no teacher beside.",
    )
    teacher: str = Field(
        default="",
        max_length=2000,
        title="Teacher",
        description="The model that the student was taught by. Empty: the model is itself one.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures with captions in several languages that no student was taught on.",
    )
    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="Questions with options about other pictures: out of domain. Empty: none.",
    )
    rounds: int = Field(
        default=9,
        ge=1,
        le=1000,
        title="Rounds of timing",
        description="How often a batch is timed, student and teacher by turns; the median counts.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=4096,
        title="Batch size",
        description="Pictures or texts embedded at once, also where time is taken.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )
