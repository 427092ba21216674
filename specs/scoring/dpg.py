from typing import ClassVar, Literal

from specs.method import MethodSpec


class DpgScoring(MethodSpec):
    label: ClassVar[str] = "DPG-Bench, corrected"
    summary: ClassVar[str] = (
        "A no goes on to everything that depends on it; all rows and all crops count, also for "
        "categories."
    )
    paper: ClassVar[str | None] = "arXiv 2403.05135"

    method: Literal["dpg"] = "dpg"
