from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from specs.method import MethodSpec

ScorerName = Literal["clip", "column"]


class Reward(MethodSpec):
    label: ClassVar[str] = "Reward"
    summary: ClassVar[str] = (
        "Keeps what a model of people's taste scores high enough, and says how often it agrees "
        "with people."
    )
    paper: ClassVar[str | None] = "arXiv 2604.11490"

    method: Literal["reward"] = "reward"
    scorer: ScorerName = Field(
        default="clip",
        title="Scorer",
        description="A model of the CLIP family, or a column with scores made elsewhere.",
    )
    column: str = Field(
        default="",
        max_length=200,
        title="Column",
        description="For 'column': a column or a key of the metadata that holds the score.",
    )
    threshold: float = Field(
        ge=-1e9, le=1e9, title="Threshold", description="Score from which a row is kept."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.scorer == "column") != bool(self.column):
            raise ValueError("The scorer 'column' needs a column, and only that one takes it.")
        return self
