"""The launch form: made from a kind's specification, and read back into one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.jobs import stages
from app.jobs.stages import Row
from app.rendering import Translate
from specs import fields
from specs.fields import Field

# Beside the fields of the specification, which have short names of their own.
PRIORITY, FRESH, CLONE_OF = "job_priority", "job_fresh", "job_clone_of"


class SentForm(Protocol):
    def get(self, key: str, /) -> Any: ...
    def getlist(self, key: str, /) -> Any: ...


Spec = TypeVar("Spec", bound=BaseModel)


@dataclass(frozen=True)
class Filled(Generic[Spec]):
    """A form as it was sent: the specification, or what is wrong with which field."""

    values: Mapping[str, Any]
    spec: Spec | None
    errors: Mapping[str, str]


def read(spec_type: type[Spec], sent: SentForm, translate: Translate) -> Filled[Spec]:
    """An empty field means its default; a check box that was not sent is unchecked."""
    values: dict[str, Any] = {}
    given: dict[str, Any] = {}
    rows: dict[str, list[Row]] = {}
    for field in fields.describe(spec_type):
        if field.widget == "methods":
            values[field.name] = stages.read_rows(field, sent)
            rows[field.name] = stages.in_order(values[field.name])
            given[field.name] = [_read_row(row) for row in rows[field.name]]
        else:
            _read_field(field, _take(field, sent), values, given)
    try:
        return Filled(values, spec_type.model_validate(given), {})
    except ValidationError as error:
        return Filled(values, None, explain(error, translate, rows))


def _take(field: Field, sent: SentForm) -> Any:
    """Of several things that are ticked, each was sent under the same name."""
    if field.widget == "list":
        return "\n".join(str(each) for each in sent.getlist(field.name))
    return sent.get(field.name)


def prepare(spec_type: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a form shows them: stages as rows. Takes what a form sent as it is."""
    shown = dict(values)
    for field in fields.describe(spec_type):
        if field.widget == "methods":
            held = values.get(field.name, field.default) or ()
            is_sent = any(isinstance(each, Row) for each in held)
            shown[field.name] = held if is_sent else stages.list_rows(field, _as_json(held))
    return shown


def _as_json(held: Sequence[Any]) -> list[dict[str, Any]]:
    return [each if isinstance(each, dict) else each.model_dump(mode="json") for each in held]


def _read_row(row: Row) -> dict[str, Any]:
    given: dict[str, Any] = {"method": row.method.name}
    for field in row.method.fields:
        _read_field(field, row.values.get(field.name), {}, given)
    return given


def _read_field(field: Field, sent: Any, values: dict[str, Any], given: dict[str, Any]) -> None:
    text = sent if isinstance(sent, str) else ""
    values[field.name] = text
    if field.widget == "checkbox":
        given[field.name] = values[field.name] = sent is not None
    elif field.widget == "list":
        lines = [line.strip() for line in text.splitlines()]
        given[field.name] = [line for line in lines if line]
    elif text.strip() or field.default == "":
        given[field.name] = text.strip()


def explain(
    error: ValidationError, translate: Translate, rows: Mapping[str, Sequence[Row]] | None = None
) -> dict[str, str]:
    """Field name -> sentence. A list's third entry is the list's mistake; a stage's field is named
    as its control is.
    """
    wrong: dict[str, str] = {}
    for each in error.errors(include_url=False):
        wrong.setdefault(_place(each, rows or {}), say(each, translate))
    return wrong


def _place(problem: ErrorDetails, rows: Mapping[str, Sequence[Row]]) -> str:
    match problem["loc"]:
        case (str(name), int(number), _, str(field), *_) if name in rows:
            return rows[name][number].prefix + field
        case (str(name), int(number), *_) if name in rows:
            return f"{rows[name][number].prefix}used"
        case (first, *_):
            return str(first)
    return ""


def say(problem: ErrorDetails, _: Translate) -> str:
    """One mistake in a sentence, in the language of the page where it is of a usual kind."""
    bounds: dict[str, Any] = problem.get("ctx") or {}
    sentences: dict[str, Callable[[], str]] = {
        "missing": lambda: _("Fill this in."),
        "string_too_short": lambda: _("Fill this in."),
        "string_too_long": lambda: _("At most %(num)s characters.", num=bounds["max_length"]),
        "greater_than": lambda: _("It must be more than %(bound)s.", bound=bounds["gt"]),
        "greater_than_equal": lambda: _("It must be at least %(bound)s.", bound=bounds["ge"]),
        "less_than": lambda: _("It must be less than %(bound)s.", bound=bounds["lt"]),
        "less_than_equal": lambda: _("It must be at most %(bound)s.", bound=bounds["le"]),
        "int_parsing": lambda: _("Enter a whole number."),
        "int_from_float": lambda: _("Enter a whole number."),
        "float_parsing": lambda: _("Enter a number."),
        "literal_error": lambda: _("It must be one of %(choices)s.", choices=bounds["expected"]),
    }
    if problem["type"] in sentences:
        return sentences[problem["type"]]()
    return f"{problem['msg'].removeprefix('Value error, ').rstrip('.')}."
