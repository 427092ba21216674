from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from specs.method import MethodSpec

WORDING = (
    "Translate this text from {source} into {target}. Write the translation only, without "
    "quotation marks or remarks, on as many lines as the text has.\n\n{text}"
)
_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Translation(MethodSpec):
    label: ClassVar[str] = "Translate captions"
    summary: ClassVar[str] = (
        "Puts captions into another language with a translation model; the original, the model and "
        "the pair of languages stand in each row."
    )
    paper: ClassVar[str | None] = "arXiv 2604.11490"

    method: Literal["translation"] = "translation"
    source: str = Field(
        default="en",
        pattern=_TAG,
        title="From",
        description="Captions in this language are translated, others stay as they are.",
    )
    target: str = Field(pattern=_TAG, title="Into", description="The language to translate into.")
    source_code: str = Field(
        default="",
        max_length=40,
        title="Model's code, from",
        description="How the model calls the first language; empty: as the region's file or the "
        "table of FLORES-200 says, where it needs that.",
    )
    target_code: str = Field(
        default="",
        max_length=40,
        title="Model's code, into",
        description="How the model calls the second language; empty: as the first one.",
    )
    with_unknown: bool = Field(
        default=False,
        title="Unknown languages as well",
        description="Also translate captions of rows that name no language.",
    )
    max_tokens: int = Field(
        default=256, ge=1, le=4096, title="Longest caption (tokens)", description="Of the output."
    )
    num_beams: int = Field(
        default=4,
        ge=1,
        le=64,
        title="Beams",
        description="Of the search; 1 is greedy. A model that is asked in words writes greedily.",
    )
    max_growth: float = Field(
        default=4,
        ge=1,
        le=100,
        title="Longest against caption",
        description="How many times as long as the caption a translation may be, or as short; "
        "others are rejected.",
    )
    template: str = Field(
        default=WORDING,
        max_length=4000,
        title="Wording",
        description="How a language model such as Gemma is asked; holds {text} once, and may hold "
        "{source} and {target}, the languages' names in English.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.source == self.target:
            raise ValueError(f"'{self.source}' is both the first language and the second.")
        if self.template.count("{text}") != 1:
            raise ValueError("The wording needs {text} once, where the caption goes.")
        return self
