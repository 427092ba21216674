from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from specs.method import MethodSpec
from specs.region import check_template

# SEA-VL's, for the mean cosine of CLIP ViT-B/32 to reference pictures.
_PUBLISHED = 0.555


class VisualSimilarity(MethodSpec):
    label: ClassVar[str] = "Similarity of the picture"
    summary: ClassVar[str] = (
        "Embeds each picture with CLIP or SigLIP and compares it with reference pictures, or with "
        "the names of the region's things in its languages."
    )
    paper: ClassVar[str | None] = "arXiv 2503.07920"

    method: Literal["similarity"] = "similarity"
    against: Literal["pictures", "concepts"] = Field(
        default="pictures",
        title="Compared with",
        description="Reference pictures, or the gazetteer's terms as texts.",
    )
    pooling: Literal["mean", "max"] = Field(
        default="mean",
        title="Score",
        description="Mean cosine to all references, or that to the nearest.",
    )
    threshold: float = Field(
        default=_PUBLISHED,
        ge=-1,
        le=1,
        title="Threshold",
        description="Cosine from which a picture is kept. The default is SEA-VL's for reference "
        "pictures, their mean and ViT-B/32; every other way needs a threshold of its own.",
    )
    templates: tuple[str, ...] = Field(
        default=("{}",),
        min_length=1,
        title="Templates",
        description="Sentences around a concept's name, which stands where {} is. Names in a "
        "language for which the region has sentences of its own go into those.",
    )
    languages: tuple[str, ...] = Field(
        default=(),
        title="Languages of concepts",
        description="Of the names of countries and strata that stand beside the terms; terms "
        "belong to no language. Empty: all there are.",
    )
    max_concepts: int = Field(
        default=2000,
        ge=1,
        le=100_000,
        title="Concepts at most",
        description="More texts than these are refused rather than cut.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        is_published = self.against == "pictures" and self.pooling == "mean"
        if not is_published and "threshold" not in self.model_fields_set:
            raise ValueError(
                f"Name a threshold: {_PUBLISHED} is for the mean cosine to reference pictures."
            )
        for template in self.templates:
            check_template(template)
        return self
