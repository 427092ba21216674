from typing import ClassVar, Literal

from specs.family import FamilySpec


class Phi4(FamilySpec):
    label: ClassVar[str] = "Phi-4 multimodal"
    summary: ClassVar[str] = "Phi-4 with pictures and speech, of which pictures are used."
    paper: ClassVar[str | None] = "arXiv 2503.01743"
    model_types: ClassVar[tuple[str, ...]] = ("phi4_multimodal",)
    class_names: ClassVar[tuple[str, ...]] = ("Phi4MultimodalForCausalLM",)
    own_adapter: ClassVar[str] = "vision-lora"

    method: Literal["phi4"] = "phi4"
