from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class NearDuplicates(MethodSpec):
    label: ClassVar[str] = "Near duplicates"
    summary: ClassVar[str] = (
        "Proposes pairs by a perceptual hash, confirms each by a second look at the pictures, and "
        "keeps the first of each group."
    )

    method: Literal["duplicates"] = "duplicates"
    max_distance: int = Field(
        default=8,
        ge=0,
        le=11,
        title="Distance of hashes",
        description="Bits, of 64, in which the hashes of a proposed pair differ at most.",
    )
    confirm: Literal["pixels", "embedding"] = Field(
        default="pixels",
        title="Second look",
        description="By the pixels of both pictures at 32 x 32, or by their embeddings.",
    )
    max_difference: float = Field(
        default=8.0,
        ge=0,
        le=255,
        title="Mean difference",
        description="Of 32 x 32 RGB values from 0 to 255: at most this in a confirmed pair.",
    )
    max_local_difference: float = Field(
        default=32.0,
        ge=0,
        le=255,
        title="Largest local difference",
        description="Of any of the 64 cells of 4 x 4 pixels: at most this. A small thing that "
        "changed hardly moves the mean.",
    )
    min_cosine: float = Field(
        default=0.97,
        ge=-1,
        le=1,
        title="Cosine",
        description="Of the embeddings: at least this in a pair confirmed that way.",
    )
