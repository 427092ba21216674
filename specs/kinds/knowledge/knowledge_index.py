"""Cut a knowledge base into chunks that can be searched, with vectors if an encoder is given."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from specs.inputs import Input, Readable
from specs.job import Device, JobSpec, Queue


class KnowledgeIndex(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"knowledge": "Dishes", "encoder": "Sentences"}]}
    )

    kind: ClassVar[str] = "knowledge.index"
    label: ClassVar[str] = "Index a knowledge base"
    summary: ClassVar[str] = (
        "Cuts passages at the ends of sentences into chunks that overlap, and computes a vector of "
        "each if an encoder is given."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="knowledge", what="knowledge"),
        Input(name="encoder", what="model", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"knowledge": ""})

    knowledge: str = Field(
        default="",
        max_length=2000,
        title="Knowledge base",
        description="The passages. Empty when a step before supplies them.",
    )
    encoder: str = Field(
        default="",
        max_length=2000,
        title="Encoder",
        description="CLIP, SigLIP or a sentence encoder. Empty: only words will be searched.",
    )
    chunk_characters: int = Field(
        default=600,
        ge=50,
        le=20_000,
        title="Longest chunk (characters)",
        description="A chunk ends at the last sentence that it has room for.",
    )
    overlap_characters: int = Field(
        default=100,
        ge=0,
        le=10_000,
        title="Overlap (characters)",
        description="How much of a chunk the next one may say again.",
    )
    with_title: bool = Field(
        default=True,
        title="Search titles",
        description="The title of a passage counts as part of each of its chunks.",
    )
    passage_prefix: str = Field(
        default="",
        max_length=500,
        title="Prefix of passages",
        description="What the encoder was trained to see before a passage and a blank, such as "
        "'passage:'.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=1024,
        title="Batch size",
        description="How many chunks the encoder sees at once.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )

    @model_validator(mode="after")
    def _check_overlap(self) -> Self:
        if self.overlap_characters > self.chunk_characters // 2:
            raise ValueError("The overlap may be half of a chunk at most.")
        return self
