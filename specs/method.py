"""What every registered method's specification is: one way of doing a part of a job."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class MethodSpec(BaseModel):
    """One subclass per method, in a module of its own, registered beside its siblings.

    A subclass says its name as `method: Literal["linear"] = "linear"`: recipes and files call the
    method so, and siblings are told apart by it. What it is set to are further fields, with title,
    description, bounds and default, as of a job kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    label: ClassVar[str]
    summary: ClassVar[str]
    paper: ClassVar[str | None] = None

    method: str
