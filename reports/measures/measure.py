"""One measure, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measure:
    path: str  # of keys in the JSON, the last ones, joined by dots
    label: str
    definition: str
