from typing import ClassVar, Literal

from specs.family import FamilySpec


class Llava(FamilySpec):
    label: ClassVar[str] = "LLaVA 1.5"
    summary: ClassVar[str] = (
        "CLIP's pictures in a Llama; the first of its kind, and the smallest prompts."
    )
    paper: ClassVar[str | None] = "arXiv 2310.03744"
    model_types: ClassVar[tuple[str, ...]] = ("llava",)
    class_names: ClassVar[tuple[str, ...]] = ("LlavaForConditionalGeneration",)

    method: Literal["llava"] = "llava"
