"""As it would stand in specs/families."""

from typing import ClassVar, Literal

from specs.family import FamilySpec


class Idefics3(FamilySpec):
    label: ClassVar[str] = "Idefics 3"
    summary: ClassVar[str] = "SigLIP's pictures in a Llama, shuffled into fewer tokens."
    paper: ClassVar[str | None] = "arXiv 2408.12637"
    model_types: ClassVar[tuple[str, ...]] = ("idefics3",)
    class_names: ClassVar[tuple[str, ...]] = ("Idefics3ForConditionalGeneration",)

    method: Literal["idefics3"] = "idefics3"
