"""What every registered method's specification is: one way of doing a part of a job."""

import json
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


def read_text(value: object, what: str) -> object:
    """On a command line a method is its name, or JSON."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("{"):
        return {"method": value.strip()}
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(f"'{value}' is neither the name of {what} nor JSON") from error
