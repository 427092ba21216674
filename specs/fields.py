"""What a person may set in a spec, as plain values for forms and command-line options."""

import types
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from specs.inputs import Input, Readable
from specs.method import MethodSpec

# "reference": names something that is read (`reads` says what); "methods": an ordered choice out
# of `methods`, each with fields of its own.
Widget = Literal["text", "number", "checkbox", "select", "list", "reference", "methods"]

_DISCRIMINATOR = "method"
_UNIONS = (Union, types.UnionType)


@dataclass(frozen=True, kw_only=True)
class Method:
    name: str
    label: str
    summary: str
    paper: str | None
    fields: tuple["Field", ...]


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
    reads: Readable | None = None
    methods: tuple[Method, ...] = ()
    # Of a reference: what a step that stands alone cannot do without.
    is_needed: bool = False
    is_essential: bool = True  # others wait behind a fold until somebody wants them


def describe(spec: type[BaseModel]) -> list[Field]:
    inputs: tuple[Input, ...] = getattr(spec, "inputs", ())
    reads = {each.name: each for each in inputs}
    essentials = getattr(spec, "essentials", ()) or tuple(spec.model_fields)
    found = []
    for name, info in spec.model_fields.items():
        field = replace(_describe_field(name, info), is_essential=name in essentials)
        if name in reads:
            read = reads[name]
            widget: Widget = "list" if read.many else "reference"
            field = replace(field, widget=widget, reads=read.what, is_needed=read.required)
        found.append(field)
    return found


def _describe_method(method: type[MethodSpec]) -> Method:
    return Method(
        name=method.model_fields[_DISCRIMINATOR].default,
        label=method.label,
        summary=method.summary,
        paper=method.paper,
        fields=tuple(field for field in describe(method) if field.name != _DISCRIMINATOR),
    )


def _list_methods(annotation: Any) -> tuple[type[MethodSpec], ...]:
    """Those inside `tuple[Annotated[First | Second, ...], ...]`."""
    if get_origin(annotation) is not tuple:
        return ()
    inner = get_args(annotation)[0]
    if get_origin(inner) is Annotated:
        inner = get_args(inner)[0]
    alternatives = get_args(inner) if get_origin(inner) in _UNIONS else (inner,)
    are_methods = all(
        isinstance(each, type) and issubclass(each, MethodSpec) for each in alternatives
    )
    return alternatives if are_methods else ()


def _describe_field(name: str, info: FieldInfo) -> Field:
    methods = tuple(map(_describe_method, _list_methods(info.annotation)))
    value_type, choices, is_list = (dict, (), True) if methods else _unwrap(info.annotation)
    bounds = _read_bounds(info)
    return Field(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        help=info.description or "",
        widget="methods" if methods else _choose_widget(value_type, choices, is_list=is_list),
        value_type=value_type,
        default=None if info.default is PydanticUndefined else info.default,
        required=info.is_required(),
        choices=choices,
        minimum=bounds["minimum"],
        maximum=bounds["maximum"],
        max_length=int(bounds["max_length"]) if bounds["max_length"] is not None else None,
        methods=methods,
    )


def _unwrap(annotation: Any) -> tuple[type, tuple[str, ...], bool]:
    """The type inside `X | None`, `Literal[...]`, `tuple[X, ...]` and `Annotated[X, ...]`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _unwrap(get_args(annotation)[0])
    if origin in _UNIONS:
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
