"""Whether data have what ways to distil need, before hours are spent on it."""

from typing import ClassVar

from pydantic import Field

from specs.distillation.fd import FeatureDistillation
from specs.distillation.registry import Formulation
from specs.inputs import Input
from specs.job import JobSpec


class DistillationCheck(JobSpec):
    kind: ClassVar[str] = "distillation.check"
    label: ClassVar[str] = "Check data to distil on"
    summary: ClassVar[str] = (
        "Says whether a data set has what formulations need: captions in the language that is "
        "copied, and batches that fit into queues. It reads the captions alone."
    )
    inputs: ClassVar[tuple[Input, ...]] = (Input(name="dataset", what="dataset"),)

    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures with captions that students are to be taught on.",
    )
    formulations: tuple[Formulation, ...] = Field(
        default=(FeatureDistillation(),),
        min_length=1,
        max_length=200,
        title="Formulations",
        description="What students are to learn by, all of one study.",
    )
    batch_size: int = Field(
        default=64,
        ge=2,
        le=65_536,
        title="Batch size",
        description="Pictures per optimiser step, each with all its captions.",
    )
