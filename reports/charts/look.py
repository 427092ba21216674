"""How charts look: the product's roles, few marks, names beside what they name.

One emphasised series in the accent, everything else in ink and grey, and the paper's points in the
mark's brown with a shape of their own: nothing is told by hue alone.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from reports import fonts
from reports.facts import Estimated
from reports.speech import Speech

WIDE, NARROW = 680, 328  # of a column of text, and of a phone
ROW = 26  # height of a row of an interval

# The light values of static/app.css; a test compares them.
ROLES = {
    "ground": "#f9f6f0",
    "raised": "#fffdfa",
    "ink": "#221d17",
    "ink-soft": "#5f564d",
    "line": "#ded8cf",
    "line-strong": "#877f75",
    "accent": "#3a3c96",
    "mark": "#7f4d28",
    "warn": "#7b510d",
}
INK, SOFT, LINE, GREY = (ROLES[name] for name in ("ink", "ink-soft", "line", "line-strong"))
ACCENT, PAPER = ROLES["accent"], ROLES["mark"]

FONT = ", ".join(fonts.FAMILIES)
_SIZE = 12
_WIDTH = 0.58  # of a letter, in sizes: more than most take


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture, and the same numbers as the table that stands beside it."""

    name: str  # unique among those of one page
    title: str  # what it says to those who do not see it
    spec: Mapping[str, Any]
    number_locale: Mapping[str, Any]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def specify(chart: alt.TopLevelMixin) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    return spec


def dress(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with our look, in a fixed order of keys."""
    return {**spec, "config": _make_config()}


def _make_config() -> dict[str, Any]:
    text = {"font": FONT, "fontSize": _SIZE, "fill": INK}
    axis = {
        "domainColor": GREY,
        "gridColor": LINE,
        "tickColor": GREY,
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": _SIZE,
        "titleFontSize": _SIZE,
        "titleFontWeight": "normal",
        "labelPadding": 6,
        "titlePadding": 8,
    }
    return {
        # The page names the picture as a whole; the numbers are in the table beside it.
        "aria": False,
        "background": None,
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"labelColor": INK},
        "header": {"labelFont": FONT, "labelColor": INK, "labelFontSize": _SIZE},
        "text": text,
    }


def interval(_: Speech, low: float | None, high: float | None, digits: int = 3) -> str:
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s", low=_.number(low, digits), high=_.number(high, digits))


def tell_interval(_: Speech, estimate: Estimated, digits: int = 3) -> str:
    """In a table: the interval, or why a value has none. Of an undefined value nothing."""
    if estimate.value is None:
        return ""
    return interval(_, estimate.low, estimate.high, digits) or _.term(estimate.reason)


def estimate_extent(labels: Sequence[str], limit: float) -> float:
    """Room for labels beside a chart, where measuring them is not to be trusted: the engine does
    not shape every script, and a page shows them in the device's font.
    """
    widths = (
        sum(_SIZE * _WIDTH for letter in label if unicodedata.category(letter) != "Mn")
        for label in labels
    )
    return min(limit, max(widths, default=0.0))
