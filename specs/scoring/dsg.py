from typing import ClassVar, Literal

from specs.method import MethodSpec


class DsgScoring(MethodSpec):
    label: ClassVar[str] = "DSG"
    summary: ClassVar[str] = (
        "A question counts when it and the questions it depends on were all answered yes."
    )
    paper: ClassVar[str | None] = "arXiv 2310.18235"

    method: Literal["dsg"] = "dsg"
