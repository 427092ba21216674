from typing import ClassVar, Literal

from specs.family import FamilySpec


class Gemma3(FamilySpec):
    label: ClassVar[str] = "Gemma 3"
    summary: ClassVar[str] = "Gemma 3 with SigLIP's pictures, 256 tokens each."
    paper: ClassVar[str | None] = "arXiv 2503.19786"
    model_types: ClassVar[tuple[str, ...]] = ("gemma3",)
    class_names: ClassVar[tuple[str, ...]] = ("Gemma3ForConditionalGeneration",)

    method: Literal["gemma3"] = "gemma3"
