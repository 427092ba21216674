from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from specs.method import MethodSpec

ScorerName = Literal["clip", "image-reward", "unified-reward", "column"]

LOWEST, HIGHEST = 1, 5
MARK = "Final Score:"
"""Behind it stands the number, where a model says more than that."""

WORDING = (
    "This picture comes with a caption. How well does it show what the caption says, and how good "
    f"is it as a picture? Answer with '{MARK}' and one number from {LOWEST} (bad) to {HIGHEST} "
    "(good), and nothing else.\nCaption: [{caption}]"
)


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
        description="A model of the CLIP family, one of ImageReward's kind, a vision-language "
        "model that is asked for a number as UnifiedReward is, or a column with scores made "
        "elsewhere.",
    )
    column: str = Field(
        default="",
        max_length=200,
        title="Column",
        description="For 'column': a column or a key of the metadata that holds the score.",
    )
    template: str = Field(
        default=WORDING,
        max_length=8000,
        title="Wording",
        description="For 'unified-reward': how the model is asked; holds {caption} once.",
    )
    max_tokens: int = Field(
        default=64,
        ge=1,
        le=4096,
        title="Longest answer (tokens)",
        description="For 'unified-reward': an answer that is not finished by then rejects the row.",
    )
    threshold: float = Field(
        ge=-1e9,
        le=1e9,
        title="Threshold",
        description="Score from which a row is kept: of 'unified-reward' a number from 1 to 5.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.scorer == "column") != bool(self.column):
            raise ValueError("The scorer 'column' needs a column, and only that one takes it.")
        if self.template.count("{caption}") != 1:
            raise ValueError("The wording needs {caption} once, where the caption goes.")
        if self.scorer == "unified-reward" and not LOWEST <= self.threshold <= HIGHEST:
            raise ValueError(
                f"The scorer 'unified-reward' gives {LOWEST} to {HIGHEST}; the threshold is "
                f"{self.threshold:g}."
            )
        return self
