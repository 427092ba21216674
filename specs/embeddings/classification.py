from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class Classification(MethodSpec):
    label: ClassVar[str] = "Zero-shot classification"
    summary: ClassVar[str] = (
        "Sorts the pictures of a data set into the classes of one of its columns, by the class "
        "whose texts are the most similar."
    )
    paper: ClassVar[str | None] = "arXiv 2103.00020"

    method: Literal["classification"] = "classification"
    label_column: str = Field(
        default="category",
        min_length=1,
        max_length=120,
        title="Column of classes",
        description="Of the data set: a column, or a name in what the source said besides.",
    )
    templates: tuple[str, ...] = Field(
        default=("a photo of {option}.",),
        title="Wordings",
        description="How a class becomes a text; of several, the mean vector counts.",
    )
