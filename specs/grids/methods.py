"""Ways to distil as a study's form takes them, in a line each: 'dr', or '0.5 ed + dr'."""

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter

from specs.distillation.registry import FORMULATIONS, AnyFormulation, Formulation

_PART = re.compile(r"\s*(?:(\d*\.?\d+(?:e-?\d+)?)\s+)?([a-z]+)\s*")


def read_method(text: str) -> tuple[AnyFormulation, ...]:
    """The names of formulations, each with its weight before it where that is not 1, such as 'dr'
    or '0.5 ed + dr'; or JSON, where something else is set.
    """
    if text.lstrip().startswith(("{", "[")):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"'{text[:200]}' is neither names of formulations nor JSON") from error
        parts = found if isinstance(found, list) else [found]
    else:
        parts = [_read_part(part) for part in text.split("+")]
    return _FORMULATIONS.validate_python(parts)


def _read_part(text: str) -> dict[str, Any]:
    found = _PART.fullmatch(text.lower())
    if found is None or found[2] not in FORMULATIONS:
        raise ValueError(
            f"'{text.strip()}' is not a formulation ({', '.join(FORMULATIONS)}), perhaps with its "
            "weight before it, such as '0.5 ed'"
        )
    return {"method": found[2], "weight": float(found[1] or 1)}


def _check_method(text: str) -> str:
    names = [each.method for each in read_method(text)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"'{text}' has the formulation '{twice}' twice; weigh it instead")
    return text


_FORMULATIONS: TypeAdapter[tuple[AnyFormulation, ...]] = TypeAdapter(
    Annotated[tuple[Formulation, ...], Field(min_length=1, max_length=5)]
)
Method = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_check_method)]
