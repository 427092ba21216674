from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec


class LicenceList(MethodSpec):
    label: ClassVar[str] = "Licences that are allowed"
    summary: ClassVar[str] = "Keeps rows whose licence is on a list."

    method: Literal["licence"] = "licence"
    allowed: tuple[str, ...] = Field(
        min_length=1,
        title="Allowed",
        description="Such as CC-BY-4.0, whatever the case; a star at the end stands for the rest.",
    )
