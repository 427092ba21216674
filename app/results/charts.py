"""The charts of a report, as values for templates. What draws them is app/results/drawing.py, which
takes long to load.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A chart for the page: the drawing, and the same numbers as a table."""

    title: str
    svg: Markup
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str


@dataclass(frozen=True, kw_only=True)
class OfCriterion:
    name: str
    effects: Drawn | None  # by levels, or by votes and rankings
    agreement: Drawn | None


@dataclass(frozen=True, kw_only=True)
class Charts:
    criteria: Sequence[OfCriterion] = ()
    coverage: Drawn | None = None
    pareto: Drawn | None = None
    grp: Drawn | None = None
    raters: Drawn | None = None
