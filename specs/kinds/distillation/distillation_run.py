"""What a study of distillation finds: all its measured models in one table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from specs.inputs import Input, Readable
from specs.job import JobSpec

MOST = 500
Reference = Annotated[str, Field(max_length=2000)]


class DistillationRun(JobSpec):
    kind: ClassVar[str] = "distillation.run"
    label: ClassVar[str] = "Compare students"
    summary: ClassVar[str] = (
        "Sets students of one grid beside their teachers: every measure by method, language and "
        "seed, and the trade-offs that an average hides."
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="teachers", what="measured", many=True),
        Input(name="students", what="measured", many=True),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({})

    name: str = Field(
        default="",
        max_length=120,
        title="Name",
        description="What the study is called. Empty: made from its teachers.",
    )
    teachers: tuple[Reference, ...] = Field(
        default=(),
        max_length=MOST,
        title="Measured teachers",
        description="What distillation.measure made of each teacher.",
    )
    students: tuple[Reference, ...] = Field(
        default=(),
        max_length=MOST,
        title="Measured students",
        description="What distillation.measure made of each student: of every teacher by every "
        "method with every seed, taught alike.",
    )
