from typing import ClassVar, Literal

from specs.family import FamilySpec


class InternVL(FamilySpec):
    label: ClassVar[str] = "InternVL"
    summary: ClassVar[str] = (
        "InternViT's pictures in tiles; InternVL 2.5 and later, as transformers has them."
    )
    paper: ClassVar[str | None] = "arXiv 2412.05271"
    model_types: ClassVar[tuple[str, ...]] = ("internvl",)
    class_names: ClassVar[tuple[str, ...]] = ("InternVLForConditionalGeneration",)

    method: Literal["internvl"] = "internvl"
