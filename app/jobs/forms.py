"""The launch form: made from a kind's specification, and read back into one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from specs import fields
from specs.job import JobSpec

# Beside the fields of the specification, which have short names of their own.
PRIORITY, FRESH, CLONE_OF = "job_priority", "job_fresh", "job_clone_of"

Translate = Callable[..., str]


class SentForm(Protocol):
    def get(self, key: str, /) -> Any: ...


@dataclass(frozen=True)
class Filled:
    """A form as it was sent: the specification, or what is wrong with which field."""

    values: Mapping[str, Any]
    spec: JobSpec | None
    errors: Mapping[str, str]


def read(spec_type: type[JobSpec], sent: SentForm, translate: Translate) -> Filled:
    """An empty field means its default; a check box that was not sent is unchecked."""
    values: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for field in fields.describe(spec_type):
        text = sent.get(field.name)
        values[field.name] = text if isinstance(text, str) else ""
        if field.widget == "checkbox":
            given[field.name] = values[field.name] = text is not None
        elif field.widget == "list":
            lines = values[field.name].splitlines()
            given[field.name] = [line.strip() for line in lines if line.strip()]
        elif values[field.name].strip() or field.default == "":
            given[field.name] = values[field.name].strip()
    try:
        return Filled(values, spec_type.model_validate(given), {})
    except ValidationError as error:
        return Filled(values, None, explain(error, translate))


def explain(error: ValidationError, translate: Translate) -> dict[str, str]:
    """Field name -> sentence; a list's third entry is the list's mistake."""
    wrong: dict[str, str] = {}
    for each in error.errors(include_url=False):
        name = str(each["loc"][0]) if each["loc"] else ""
        wrong.setdefault(name, _say(each, translate))
    return wrong


def _say(problem: ErrorDetails, _: Translate) -> str:
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
