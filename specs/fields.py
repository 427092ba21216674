"""What a person may set in a spec, as plain values for forms and command-line options."""

import types
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

Widget = Literal["text", "number", "checkbox", "select", "list"]


@dataclass(frozen=True, kw_only=True)
class Field:
    name: str
    label: str
    help: str
    widget: Widget
    value_type: type
    default: Any
    required: bool
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None


def describe(spec: type[BaseModel]) -> list[Field]:
    return [_describe_field(name, info) for name, info in spec.model_fields.items()]


def _describe_field(name: str, info: FieldInfo) -> Field:
    value_type, choices, is_list = _unwrap(info.annotation)
    bounds = _read_bounds(info)
    return Field(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        help=info.description or "",
        widget=_choose_widget(value_type, choices, is_list=is_list),
        value_type=value_type,
        default=None if info.default is PydanticUndefined else info.default,
        required=info.is_required(),
        choices=choices,
        minimum=bounds["minimum"],
        maximum=bounds["maximum"],
        max_length=int(bounds["max_length"]) if bounds["max_length"] is not None else None,
    )


def _unwrap(annotation: Any) -> tuple[type, tuple[str, ...], bool]:
    """The type inside `X | None`, `Literal[...]` and `tuple[X, ...]`."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        return _unwrap(inner[0])
    if origin is Literal:
        return str, tuple(str(choice) for choice in get_args(annotation)), False
    if origin in (tuple, list):
        inner_type, choices, _ = _unwrap(get_args(annotation)[0])
        return inner_type, choices, True
    return annotation, (), False


def _choose_widget(value_type: type, choices: tuple[str, ...], *, is_list: bool) -> Widget:
    if is_list:
        return "list"
    if choices:
        return "select"
    if value_type is bool:
        return "checkbox"
    return "number" if value_type in (int, float) else "text"


def _read_bounds(info: FieldInfo) -> dict[str, float | None]:
    found: dict[str, float | None] = {"minimum": None, "maximum": None, "max_length": None}
    for mark in info.metadata:
        match mark:
            case Ge(ge=value) | Gt(gt=value):
                found["minimum"] = float(value)  # type: ignore[arg-type]
            case Le(le=value) | Lt(lt=value):
                found["maximum"] = float(value)  # type: ignore[arg-type]
            case MaxLen(max_length=value):
                found["max_length"] = value
    return found
