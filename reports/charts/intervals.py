"""The one picture behind effects, agreement and raters: a row each, a point with its interval.

Rows have names on the left and their numbers on the right, so that nobody has to measure with the
eye; a phone has no room for the numbers, which stand in the table beside the picture.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import altair as alt

from reports.charts import look
from reports.facts import Estimated
from reports.speech import Speech

_NUMBERS_LIMIT = 230
_LABEL_LIMITS = {look.WIDE: 220, look.NARROW: 140}


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    estimate: Estimated
    shown: str  # at the right of it: the numbers, or why there are none
    is_strong: bool = True  # others are parts of what stands above them


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A value to read the others against, named at the top."""

    x: float
    label: str
    is_dashed: bool = True
    align: Literal["left", "center", "right"] = "center"  # of the name, beside the line


@dataclass(frozen=True, kw_only=True)
class Plan:
    rows: Sequence[Row]
    marks: Sequence[Mark]
    axis_title: str
    axis_format: str
    domain: tuple[float, float] | None = None  # what reaches further is cut off, not its numbers
    width: int = look.WIDE


def draw(plan: Plan) -> dict[str, Any]:
    layers = [*_draw_marks(plan), *_draw_rows(plan)]
    chart = alt.layer(*layers).resolve_axis(y="independent")
    chart = chart.properties(
        width=plan.width,
        height=look.ROW * len(plan.rows),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return look.specify(chart)


def _draw_marks(plan: Plan) -> list[alt.Chart]:
    return [layer for mark in plan.marks for layer in _draw_mark(mark, plan)]


def _draw_mark(mark: Mark, plan: Plan) -> list[alt.Chart]:
    data = alt.InlineData(values=[asdict(mark)])
    x = _make_x(plan, "x")
    rule = alt.Chart(data).mark_rule(
        color=look.GREY, strokeDash=[3, 3] if mark.is_dashed else [1, 0]
    )
    name = alt.Chart(data).mark_text(
        baseline="bottom", align=mark.align, fill=look.SOFT, dy=-4, fontSize=11
    )
    return [rule.encode(x=x), name.encode(x=x, y=alt.value(0), text="label:N")]


def _draw_rows(plan: Plan) -> list[alt.Chart]:
    rows = [_as_data(number, row) for number, row in enumerate(plan.rows)]
    whole = [_cut(row, plan) for row in rows if row["low"] is not None and row["high"] is not None]
    names, numbers = _make_names(plan), _make_numbers(plan)
    color = alt.condition("datum.is_strong", alt.value(look.ACCENT), alt.value(look.GREY))
    placed = [row for row in rows if row["value"] is None or _is_inside(row["value"], plan)]
    points = alt.Chart(alt.InlineData(values=placed)).mark_point(filled=True, opacity=1)
    size = alt.condition("datum.is_strong", alt.value(64), alt.value(36))
    drawn = [
        points.encode(x=_make_x(plan, "value"), y=_make_y(plan, names), size=size, color=color)
    ]
    lines = alt.Chart(alt.InlineData(values=whole)).mark_rule(strokeWidth=2)
    drawn.append(
        lines.encode(x=_make_x(plan, "low"), x2="high:Q", y=_make_y(plan, numbers), color=color)
    )
    return drawn


def _is_inside(value: float, plan: Plan) -> bool:
    return plan.domain is None or plan.domain[0] <= value <= plan.domain[1]


def _cut(row: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """At the edges. The engine's own clipping numbers its paths anew in every rendering."""
    low, high = plan.domain or (row["low"], row["high"])
    return row | {"low": min(max(row["low"], low), high), "high": max(min(row["high"], high), low)}


def _as_data(number: int, row: Row) -> dict[str, Any]:
    estimate = row.estimate
    return {
        "row": number,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "is_strong": row.is_strong,
    }


def _make_x(plan: Plan, field: str) -> alt.X:
    scale = alt.Scale(domain=list(plan.domain)) if plan.domain else alt.Scale(zero=False, nice=True)
    axis = alt.Axis(
        format=plan.axis_format, grid=False, tickCount=5 if plan.width == look.WIDE else 4
    )
    return alt.X(f"{field}:Q", scale=scale, title=plan.axis_title, axis=axis)


def _make_y(plan: Plan, axis: alt.Axis | None) -> alt.Y:
    # Every layer names all rows: one without an interval keeps its place.
    scale = alt.Scale(domain=list(range(len(plan.rows))))
    return alt.Y("row:O", scale=scale, axis=axis, title=None)


def _make_names(plan: Plan) -> alt.Axis:
    strong = json.dumps([number for number, row in enumerate(plan.rows) if row.is_strong])
    is_strong = f"indexof({strong}, datum.value) >= 0"
    labels, limit = [row.label for row in plan.rows], _LABEL_LIMITS[plan.width]
    return alt.Axis(
        labelExpr=_choose(labels),
        labelLimit=limit,
        minExtent=look.estimate_extent(labels, limit),
        labelColor=alt.condition(is_strong, alt.value(look.INK), alt.value(look.SOFT)),
        labelFontWeight=alt.condition(is_strong, alt.value(600), alt.value(400)),
        domain=False,
        ticks=False,
    )


def _make_numbers(plan: Plan) -> alt.Axis | None:
    if plan.width == look.NARROW:
        return None
    shown = [row.shown for row in plan.rows]
    return alt.Axis(
        orient="right",
        labelExpr=_choose(shown),
        labelLimit=_NUMBERS_LIMIT,
        minExtent=look.estimate_extent(shown, _NUMBERS_LIMIT),
        labelColor=look.INK,
        domain=False,
        ticks=False,
    )


def _choose(texts: Sequence[str]) -> str:
    return f"{json.dumps(list(texts), ensure_ascii=False)}[datum.value]"


def show(_: Speech, estimate: Estimated, *, is_signed: bool = False, digits: int = 3) -> str:
    if estimate.value is None:
        return _.term(estimate.reason)
    write = _.signed if is_signed else _.number
    around = look.interval(_, estimate.low, estimate.high, digits)
    return (
        f"{write(estimate.value, digits)} ({around})" if around else write(estimate.value, digits)
    )
