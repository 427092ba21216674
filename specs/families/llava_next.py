from typing import ClassVar, Literal

from specs.family import FamilySpec


class LlavaNext(FamilySpec):
    label: ClassVar[str] = "LLaVA-NeXT"
    summary: ClassVar[str] = "LLaVA that sees a large picture whole and in tiles."
    paper: ClassVar[str | None] = "arXiv 2310.03744"
    model_types: ClassVar[tuple[str, ...]] = ("llava_next",)
    class_names: ClassVar[tuple[str, ...]] = ("LlavaNextForConditionalGeneration",)

    method: Literal["llava-next"] = "llava-next"
