from typing import ClassVar, Literal

from specs.method import MethodSpec


class AttributesJudge(MethodSpec):
    label: ClassVar[str] = "Attribute network"
    summary: ClassVar[str] = (
        "A small network that names what a picture shows; its file says which answer belongs to "
        "which question."
    )

    method: Literal["attributes"] = "attributes"
