"""What the students of a teacher read, made once for all of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from specs.inputs import Input, Readable
from specs.job import Device, JobSpec, Queue


class DistillationPrepare(JobSpec):
    kind: ClassVar[str] = "distillation.prepare"
    label: ClassVar[str] = "Ask a teacher"
    summary: ClassVar[str] = (
        "Asks a teacher about all pictures and captions of a data set, and keeps its vectors with "
        "the prepared pictures: as many students as you like are taught from them."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="teacher", what="model", use="vectors"),
        Input(name="dataset", what="dataset"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"material": ""})

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
        description="Pictures with captions that students are to be taught on.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )
