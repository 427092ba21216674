"""Numbers with their intervals, as tables show them."""

from collections.abc import Mapping
from typing import Any


def as_text(estimate: Mapping[str, Any], *, sign: str = "", digits: int = 2) -> str:
    form = f"{sign}.{digits}f"
    if estimate["value"] is None:
        return f"none: {estimate['reason']}"
    if estimate["low"] is None:
        return f"{estimate['value']:{form}}"
    return f"{estimate['value']:{form}} [{estimate['low']:{form}}, {estimate['high']:{form}}]"
