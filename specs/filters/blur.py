from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class Sharpness(MethodSpec):
    label: ClassVar[str] = "Sharpness"
    summary: ClassVar[str] = "Refuses blurred pictures, by the variance of their Laplacian."

    method: Literal["blur"] = "blur"
    threshold: float = Field(
        default=30.0,
        ge=0,
        title="Threshold",
        description="Variance of the Laplacian of the grey picture, its shorter side scaled to at "
        "most 256 pixels, from which it is kept.",
    )
