from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class Retrieval(MethodSpec):
    label: ClassVar[str] = "Retrieval"
    summary: ClassVar[str] = (
        "Looks for the text of a picture and for the picture of a text, by language: among all "
        "texts and pictures of the same language and scope."
    )

    method: Literal["retrieval"] = "retrieval"
    measure: Literal["R@1", "R@5", "R@10", "MRR@10"] = Field(
        default="MRR@10",
        title="Measure",
        description="Which one is the score; all of them stand beside it.",
    )
    templates: tuple[str, ...] = Field(
        default=("{question} {option}",),
        title="Wordings",
        description="How a question with its right option becomes the text of its picture.",
    )
