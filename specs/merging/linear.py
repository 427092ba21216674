from typing import ClassVar, Literal

from specs.method import MethodSpec


class Linear(MethodSpec):
    label: ClassVar[str] = "Linear"
    summary: ClassVar[str] = "(1 - beta) of the base model's weights and beta of the tuned model's."
    paper: ClassVar[str | None] = "arXiv 2604.11490; arXiv 2203.05482"

    method: Literal["linear"] = "linear"
