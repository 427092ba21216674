from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class Decode(MethodSpec):
    label: ClassVar[str] = "Pictures that decode"
    summary: ClassVar[str] = (
        "Refuses what is broken, cut off, animated, too small, or made to explode when decoded."
    )

    method: Literal["decode"] = "decode"
    min_side: int = Field(
        default=50,
        ge=1,
        le=10_000,
        title="Smallest side (pixels)",
        description="Pictures whose shorter side is smaller are refused.",
    )
    max_aspect: float = Field(
        default=8.0,
        ge=1,
        le=1000,
        title="Longest shape",
        description="Longer side divided by shorter side, at most.",
    )
    max_megapixels: float = Field(
        default=100.0,
        gt=0,
        le=1000,
        title="Largest picture (megapixels)",
        description="Larger pictures are refused before they are decoded.",
    )
    max_file_mb: float = Field(
        default=64.0,
        gt=0,
        le=4096,
        title="Largest file (MB)",
        description="Larger picture files are refused before they are read.",
    )
