from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class Zeroshot(MethodSpec):
    label: ClassVar[str] = "Zero-shot questions"
    summary: ClassVar[str] = (
        "Answers a quiz with the option whose text, together with the question, is the most "
        "similar to the picture."
    )
    paper: ClassVar[str | None] = "arXiv 2103.00020"

    method: Literal["zeroshot"] = "zeroshot"
    templates: tuple[str, ...] = Field(
        default=("{question} {option}",),
        title="Wordings",
        description="How a question and one of its options become a text; of several, the mean "
        "vector counts.",
    )
