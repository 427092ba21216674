"""Filter a data set: keep what is from the region and good, and keep the reasons of the rest."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from specs.filters.blur import Sharpness
from specs.filters.decode import Decode
from specs.filters.duplicates import NearDuplicates
from specs.filters.region import RegionEvidence
from specs.filters.registry import Stage
from specs.filters.reward import Reward
from specs.filters.similarity import VisualSimilarity
from specs.filters.translation import Translation
from specs.inputs import Input, Readable
from specs.job import JobSpec
from specs.lines import strip_line


class DatasetFilter(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Breakfast, filtered",
                    "dataset": "Breakfast at the market",
                    "stages": [{"method": "decode"}, {"method": "duplicates"}],
                }
            ]
        }
    )

    kind: ClassVar[str] = "dataset.filter"
    label: ClassVar[str] = "Filter a data set"
    summary: ClassVar[str] = (
        "Passes every row through stages that keep it or give a reason, and writes those kept, "
        "those rejected with their reasons, the funnel and a data card."
    )
    paper: ClassVar[str | None] = "arXiv 2604.11490"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="dataset", what="dataset"),
        Input(name="references", what="dataset", required=False),
        Input(name="encoder", what="model", required=False),
        Input(name="scorer", what="model", required=False),
        Input(name="translator", what="model", required=False),
        Input(name="pairs", what="answers", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"dataset": ""})
    essentials: ClassVar[tuple[str, ...]] = ("name", "dataset", "region", "stages")

    name: str = Field(
        min_length=1,
        max_length=120,
        title="Name",
        description="How people will find what is kept. Must not be taken.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="What is filtered; empty when a step before makes it.",
    )
    region: str = Field(
        default="",
        max_length=40,
        title="Region",
        description="Key of the region, for stages that ask what belongs to it.",
    )
    stages: tuple[Stage, ...] = Field(
        default=(Decode(), NearDuplicates()),
        min_length=1,
        max_length=20,
        title="Stages",
        description="In the order in which rows pass them; each at most once.",
    )
    references: str = Field(
        default="",
        max_length=2000,
        title="Reference pictures",
        description="A data set of pictures that the similarity stage compares with.",
    )
    encoder: str = Field(
        default="",
        max_length=2000,
        title="Encoder",
        description="A model of the CLIP or SigLIP family that embeds pictures.",
    )
    scorer: str = Field(
        default="",
        max_length=2000,
        title="Reward model",
        description="The model of the reward stage, of the kind that its scorer names.",
    )
    translator: str = Field(
        default="",
        max_length=2000,
        title="Translation model",
        description="The model of the translation stage.",
    )
    pairs: str = Field(
        default="",
        max_length=2000,
        title="Human pairs",
        description="A CSV file with the columns key_a, key_b and preferred (a or b), by which the "
        "reward is calibrated.",
    )
    device: str = Field(
        default="cpu",
        pattern=r"^(cpu|cuda(:\d+)?)$",
        title="Device",
        description="Where models compute, such as cpu or cuda. With cuda, the job waits for a "
        "worker with a GPU.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=4096,
        title="Batch",
        description="Rows that pass the stages together.",
    )
    image_column: str = Field(
        default="image",
        min_length=1,
        title="Image column",
        description="Of a table that was not imported: path or picture bytes.",
    )
    caption_column: str = Field(
        default="caption",
        min_length=1,
        title="Caption column",
        description="Of a table that was not imported: the text.",
    )
    licence: str = Field(
        default="",
        max_length=200,
        title="Licence",
        description="Of rows that name none, in a source that was not imported.",
    )
    max_items: int | None = Field(
        default=None, ge=1, title="At most", description="Read this many rows. Empty: all."
    )

    _strip = field_validator(
        "name", "dataset", "references", "encoder", "scorer", "translator", "pairs"
    )(strip_line)

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        names = [stage.method for stage in self.stages]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"The stage '{name}' is named twice.")
        if "decode" not in names:
            raise ValueError("The stage 'decode' is missing; what does not decode is not kept.")
        for stage in self.stages[: names.index("decode")]:
            if _needs_pixels(stage):
                raise ValueError(
                    f"The stage '{stage.method}' looks at pictures, so 'decode' comes before it."
                )
        for stage in self.stages:
            if not self.region and _needs_region(stage):
                raise ValueError(f"The stage '{stage.method}' needs a region.")
        return self

    def list_needed(self) -> dict[str, str]:
        """Inputs that stages cannot do without -> the stage; they may come from a step before."""
        needed: dict[str, str] = {}
        for stage in self.stages:
            match stage:
                case VisualSimilarity():
                    needed["encoder"] = stage.method
                    if stage.against == "pictures":
                        needed["references"] = stage.method
                case NearDuplicates(confirm="embedding"):
                    needed["encoder"] = stage.method
                case Reward() if stage.scorer != "column":
                    needed["scorer"] = stage.method
                case Translation():
                    needed["translator"] = stage.method
        return needed


def _needs_region(stage: Stage) -> bool:
    is_by_concepts = isinstance(stage, VisualSimilarity) and stage.against == "concepts"
    return isinstance(stage, RegionEvidence) or is_by_concepts


def _needs_pixels(stage: Stage) -> bool:
    is_by_model = isinstance(stage, Reward) and stage.scorer != "column"
    return isinstance(stage, Sharpness | NearDuplicates | VisualSimilarity) or is_by_model
