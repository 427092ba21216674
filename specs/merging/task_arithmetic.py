from typing import ClassVar, Literal

from specs.method import MethodSpec


class TaskArithmetic(MethodSpec):
    label: ClassVar[str] = "Task arithmetic"
    summary: ClassVar[str] = (
        "The base model plus lambda times what tuning changed. Each beta is a lambda, which may be "
        "below 0 or above 1; between them the result is that of the linear merge."
    )
    paper: ClassVar[str | None] = "arXiv 2212.04089"

    method: Literal["task-arithmetic"] = "task-arithmetic"
