from typing import ClassVar, Literal

from specs.family import FamilySpec


class QwenVL(FamilySpec):
    label: ClassVar[str] = "Qwen-VL"
    summary: ClassVar[str] = "Qwen2-VL and Qwen2.5-VL, which see a picture in its own size."
    paper: ClassVar[str | None] = "arXiv 2502.13923"
    model_types: ClassVar[tuple[str, ...]] = ("qwen2_vl", "qwen2_5_vl")
    class_names: ClassVar[tuple[str, ...]] = (
        "Qwen2VLForConditionalGeneration",
        "Qwen2_5_VLForConditionalGeneration",
    )

    method: Literal["qwen-vl"] = "qwen-vl"
