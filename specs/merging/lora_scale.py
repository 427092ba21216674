from typing import ClassVar, Literal

from specs.method import MethodSpec


class LoraScale(MethodSpec):
    label: ClassVar[str] = "LoRA scale"
    summary: ClassVar[str] = (
        "The base model plus beta times the change that a LoRA adapter describes. The tuned model "
        "is the adapter's folder."
    )
    paper: ClassVar[str | None] = "arXiv 2106.09685"

    method: Literal["lora-scale"] = "lora-scale"
