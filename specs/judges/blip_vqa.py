from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class BlipVqaJudge(MethodSpec):
    label: ClassVar[str] = "BLIP for questions"
    summary: ClassVar[str] = "A BLIP model for visual question answering writes a short answer."
    paper: ClassVar[str | None] = "arXiv 2201.12086"

    method: Literal["blip-vqa"] = "blip-vqa"
    max_new_tokens: int = Field(
        default=10,
        ge=1,
        le=256,
        title="Longest answer (tokens)",
        description="An answer that is not finished by then is read as it is.",
    )
