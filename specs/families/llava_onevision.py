from typing import ClassVar, Literal

from specs.family import FamilySpec


class LlavaOnevision(FamilySpec):
    label: ClassVar[str] = "LLaVA-OneVision"
    summary: ClassVar[str] = "SigLIP's pictures, whole and in tiles, in a Qwen2."
    paper: ClassVar[str | None] = "arXiv 2408.03326"
    model_types: ClassVar[tuple[str, ...]] = ("llava_onevision",)
    class_names: ClassVar[tuple[str, ...]] = ("LlavaOnevisionForConditionalGeneration",)

    method: Literal["llava-onevision"] = "llava-onevision"
