from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class LlavaJudge(MethodSpec):
    label: ClassVar[str] = "Vision-language model"
    summary: ClassVar[str] = (
        "Any model that answers a text with pictures in it, such as LLaVA, is asked for yes or no."
    )
    paper: ClassVar[str | None] = "arXiv 2304.08485"

    method: Literal["llava"] = "llava"
    max_new_tokens: int = Field(
        default=10,
        ge=1,
        le=256,
        title="Longest answer (tokens)",
        description="An answer that is not finished by then is read as it is.",
    )
    template: str = Field(
        default="{question} Answer yes or no.",
        title="Wording",
        description="How the question is put; holds {question} once.",
    )
