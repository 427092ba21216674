"""Stages in a form: an ordered choice of methods, each with fields of its own.

Every method has a row, and so has every further use of one. A row is sent as `stages.3.method`,
`stages.3.used`, `stages.3.place` and its fields as `stages.3.<field>`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from specs.fields import Field, Method

MOST_ROWS = 64


class SentForm(Protocol):
    def get(self, key: str, /) -> Any: ...


@dataclass(frozen=True)
class Row:
    prefix: str  # of the names of its controls, with a dot at the end
    method: Method
    is_used: bool
    place: int
    values: Mapping[str, Any]


def list_rows(field: Field, values: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Those in use in their order, then the methods that are not, in the registry's."""
    methods = {method.name: method for method in field.methods}
    used = [dict(value) for value in values if value.get("method") in methods]
    names = {value["method"] for value in used}
    found = used + [{"method": name} for name in methods if name not in names]
    return [
        Row(
            prefix=f"{field.name}.{number}.",
            method=methods[value["method"]],
            is_used=number < len(used),
            place=number + 1,
            values=value,
        )
        for number, value in enumerate(found)
    ]


def read_rows(field: Field, sent: SentForm) -> list[Row]:
    """As they were sent, with the text of every control."""
    methods = {method.name: method for method in field.methods}
    found: list[Row] = []
    for number in range(MOST_ROWS):
        prefix = f"{field.name}.{number}."
        method = methods.get(str(sent.get(f"{prefix}method") or ""))
        if method is None:
            break
        place = str(sent.get(f"{prefix}place") or "").strip()
        found.append(
            Row(
                prefix=prefix,
                method=method,
                is_used=sent.get(f"{prefix}used") is not None,
                place=int(place) if place.isascii() and place.isdecimal() else number + 1,
                values={each.name: sent.get(prefix + each.name) for each in method.fields},
            )
        )
    return found


def in_order(rows: Sequence[Row]) -> list[Row]:
    """The rows that are used, as the person numbered them."""
    return sorted((row for row in rows if row.is_used), key=lambda row: row.place)
