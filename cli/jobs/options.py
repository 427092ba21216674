"""A specification's fields as command-line options, and back: one option per field.

The field itself says what is allowed; an option only carries the text to it. So a bound or a
choice is written once, in `specs`.
"""

import json
from collections.abc import Collection, Mapping
from typing import IO, Any

import click
from pydantic import BaseModel

from domain.errors import Invalid
from specs import fields, yaml_text
from specs.job import JobSpec
from specs.yaml_text import NotYaml

# Keeps fields apart from the options that every kind has: a field may be called 'data'.
_PREFIX = "field_"
_REPEATED = ("list", "methods")

PRIORITY = click.IntRange(0, 1000)


class SpecUnreadable(Invalid):
    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"The specification in {file} cannot be read: {reason}.", field="spec")


class WrongKind(Invalid):
    def __init__(self, file: str, found: object, wanted: str) -> None:
        super().__init__(f"{file} specifies a job of kind '{found}', not '{wanted}'.", field="spec")


class UnknownField(Invalid):
    def __init__(self, name: str, spec_type: type[JobSpec]) -> None:
        known = ", ".join(spec_type.model_fields)
        super().__init__(f"'{spec_type.kind}' has no field '{name}'; it has: {known}.", field=name)


def make(spec_type: type[BaseModel], without: Collection[str] = ()) -> list[click.Option]:
    described = fields.describe(spec_type)
    return [_make_option(field) for field in described if field.name not in without]


def collect(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given, out of everything a command was called with."""
    return {
        name.removeprefix(_PREFIX): list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if name.startswith(_PREFIX) and value not in (None, ())
    }


def read_file(file: IO[str], kind: str) -> dict[str, Any]:
    """JSON or YAML; the kind may stand in it, as in what `--json` prints."""
    try:
        found = _parse(file.read())
    except UnicodeDecodeError as error:
        raise SpecUnreadable(file.name, "it is not UTF-8") from error
    except NotYaml as error:
        raise SpecUnreadable(file.name, str(error)) from error
    if not isinstance(found, dict):
        reason = "it holds no fields with values, such as 'disk_mb: 16'"
        raise SpecUnreadable(file.name, reason)
    found_kind = found.pop("kind", kind)
    if found_kind != kind:
        raise WrongKind(file.name, found_kind, kind)
    return {str(name): value for name, value in found.items()}


def read_changes(spec_type: type[JobSpec], changes: tuple[str, ...]) -> dict[str, Any]:
    """What `--set name=value` says, each value as its field takes it."""
    known = {field.name: field for field in fields.describe(spec_type)}
    found: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        name = name.replace("-", "_")
        if not equals:
            message = f"'{change}' is not of the form name=value."
            raise Invalid(message, field="set")
        if name not in known:
            raise UnknownField(name, spec_type)
        if known[name].widget in _REPEATED:
            found[name] = [*found.get(name, []), text]
        else:
            found[name] = None if text == "" and known[name].default is None else text
    return found


def _parse(text: str) -> Any:
    # Not every JSON is YAML (tabs), and YAML reads more into words than JSON does.
    try:
        return json.loads(text)
    except RecursionError as error:
        raise NotYaml("it is nested too deeply") from error
    except ValueError:
        return yaml_text.read(text)


def _make_option(field: fields.Field) -> click.Option:
    name = field.name.replace("_", "-")
    attributes: dict[str, Any] = {"default": None, "help": _describe(field)}
    if field.widget == "checkbox":
        return click.Option([f"--{name}/--no-{name}", _PREFIX + field.name], **attributes)
    if field.choices:
        attributes["type"] = click.Choice(field.choices)
    elif field.value_type in (int, float):
        attributes["type"] = field.value_type
    if field.widget in _REPEATED:
        attributes |= {"multiple": True, "default": ()}
    return click.Option([f"--{name}", _PREFIX + field.name], **attributes)


def _describe(field: fields.Field) -> str:
    notes = []
    if field.minimum is not None and field.maximum is not None:
        notes.append(f"{field.minimum:g} to {field.maximum:g}")
    elif field.minimum is not None:
        notes.append(f"from {field.minimum:g}")
    elif field.maximum is not None:
        notes.append(f"up to {field.maximum:g}")
    if field.widget in _REPEATED:
        notes.append("may be repeated")
    if field.required:
        notes.append("required")
    elif field.default not in (None, "", ()):
        notes.append(f"default: {_word(field.default)}")
    sentence = field.help or field.label
    return f"{sentence}  [{'; '.join(notes)}]" if notes else sentence


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)
