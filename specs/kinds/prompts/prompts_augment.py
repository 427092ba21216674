"""Write retrieved facts into prompts for pictures, as far as there is room."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import ConfigDict, Field

from specs.inputs import Input, Readable
from specs.job import JobSpec


class PromptsAugment(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"prompts": "Markets", "base": "World"}]}
    )

    kind: ClassVar[str] = "prompts.augment"
    label: ClassVar[str] = "Augment prompts"
    summary: ClassVar[str] = (
        "Puts retrieved facts behind each prompt, sentence by sentence and clause by clause, as "
        "far as the text encoders of a model see, and records what was cut."
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="prompts", what="prompts"),
        Input(name="passages", what="passages"),
        Input(name="base", what="model", use="pictures"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"prompts": "prompts.jsonl"})

    prompts: str = Field(
        default="", max_length=2000, title="Prompts", description="What the pictures should show."
    )
    passages: str = Field(
        default="",
        max_length=2000,
        title="Passages",
        description="What knowledge.retrieve found for these prompts.",
    )
    base: str = Field(
        default="",
        max_length=2000,
        title="Model",
        description="The pipeline that will draw them: its tokenizers say how much it reads.",
    )
    num_passages: int = Field(
        default=5,
        ge=1,
        le=100,
        title="Passages",
        description="Facts are taken from at most this many, the best first.",
    )
    language: str = Field(
        default="",
        max_length=120,
        title="Language",
        description="Only facts in this language, such as the one the model was trained on. "
        "Empty: all.",
    )
    joint: str = Field(
        default=".",
        min_length=1,
        max_length=20,
        title="Joint",
        description="What stands, with a blank behind it, between the prompt and the facts.",
    )
