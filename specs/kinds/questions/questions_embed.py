"""Compute a vector of each question or prompt, to find passages by."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from specs.inputs import Input, Readable
from specs.job import Device, JobSpec, Queue

QueryText = Literal["question", "question-and-options"]


class QuestionsEmbed(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"quiz": "Kitchens", "encoder": "Sentences"}]}
    )

    kind: ClassVar[str] = "questions.embed"
    label: ClassVar[str] = "Embed questions"
    summary: ClassVar[str] = (
        "Computes a vector of each question of a quiz, or of each prompt, by the encoder that "
        "indexed a knowledge base."
    )
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="quiz", what="quiz", required=False),
        Input(name="prompts", what="prompts", required=False),
        Input(name="encoder", what="model"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"vectors": ""})

    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="The questions. Empty when a step before supplies them, or prompts are meant.",
    )
    prompts: str = Field(
        default="",
        max_length=2000,
        title="Prompts",
        description="The prompts, in place of a quiz.",
    )
    encoder: str = Field(
        default="",
        max_length=2000,
        title="Encoder",
        description="The one that the knowledge base was indexed with.",
    )
    query_text: QueryText = Field(
        default="question",
        title="Words of a question",
        description="What is searched for: the question alone, or its options as well.",
    )
    query_prefix: str = Field(
        default="",
        max_length=500,
        title="Prefix of questions",
        description="What the encoder was trained to see before a question and a blank, such as "
        "'query:'.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=1024,
        title="Batch size",
        description="How many questions the encoder sees at once.",
    )
    device: Device = Field(
        default="auto", title="Device", description="Where to compute; 'auto' takes a GPU if any."
    )
