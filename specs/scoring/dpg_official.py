from typing import ClassVar, Literal

from specs.method import MethodSpec


class DpgOfficialScoring(MethodSpec):
    label: ClassVar[str] = "DPG-Bench, as published"
    summary: ClassVar[str] = (
        "With the published program's mistakes, for comparison with printed tables: the first "
        "row is lost, and categories know only the last crop's raw answers."
    )
    paper: ClassVar[str | None] = "arXiv 2403.05135"

    method: Literal["dpg-official"] = "dpg-official"
