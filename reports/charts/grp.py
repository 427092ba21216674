"""GRP over its weight: a straight line for every variant, the best of them drawn strong.

The weight is that of GLOBAL quality (the paper's alpha); the region's value is marked, and so is
every weight at which another variant becomes the best.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from domain.results.report import Facts
from reports.charts import look
from reports.charts.look import Chart
from reports.facts import Line, list_lines
from reports.speech import Speech

_HEIGHTS = {look.WIDE: 300, look.NARROW: 260}
_NARROWEST = 0.12  # stretch that has room for a name
_APART = 0.08  # of the whole height: names further apart do not meet
_FULL_RIGHT = 0.6  # from here on there is no room for a name to the right


def draw(
    frontier: Facts | None,
    _: Speech,
    *,
    is_alpha_chosen: bool = False,
    width: int = look.WIDE,
) -> Chart | None:
    """The weight that is marked is the region's, or somebody's choice."""
    if frontier is None or not (lines := list_lines(frontier)):
        return None
    grp: Mapping[str, Any] = frontier["grp"]
    mark = _mark(grp.get("alpha"), _, is_chosen=is_alpha_chosen)
    return Chart(
        name="grp",
        title=_("GRP of every variant over the weight of global quality, from 0 to 1."),
        spec=_draw(lines, _list_stretches(grp, lines), mark, _, width),
        number_locale=_.number_locale,
        header=(
            _("Variant"),
            _("Beta"),
            _("At weight 0"),
            _("At the chosen") if is_alpha_chosen else _("At the region's"),
            _("At weight 1"),
            _("Best for weights"),
        ),
        rows=tuple(_tell(line, grp, lines, _) for line in lines),
        note=_("Scale of GRP: %(scale)s.", scale=grp.get("scale", "")),
    )


def _compute(line: Line, weight: float) -> float:
    return weight * line.q_global + (1 - weight) * line.q_regional


def _list_stretches(
    grp: Mapping[str, Any], lines: Sequence[Line]
) -> list[tuple[Line, float, float]]:
    """Which variant is the best, from which weight to which."""
    by_name = {line.name: line for line in lines}
    return [
        (by_name[each["variant"]], float(each["alpha_from"]), float(each["alpha_to"]))
        for each in grp.get("stretches", ())
    ]


def _draw(
    lines: Sequence[Line],
    stretches: Sequence[tuple[Line, float, float]],
    mark: tuple[float, str] | None,
    _: Speech,
    width: int,
) -> dict[str, Any]:
    layers = [
        _draw_all(lines, _),
        *_draw_best(stretches, _),
        *_draw_changes(stretches),
        *_name_rest(lines, stretches, _),
        *_draw_weight(mark, _),
    ]
    chart = alt.layer(*layers).properties(
        width=width,
        height=_HEIGHTS[width],
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return look.specify(chart)


def _make_x(_: Speech) -> alt.X:
    axis = alt.Axis(format=".1~f", grid=False, tickCount=5)
    title = _("weight of global quality")
    return alt.X("weight:Q", scale=alt.Scale(domain=[0, 1]), axis=axis, title=title)


def _make_y() -> alt.Y:
    axis = alt.Axis(tickCount=5, format=".3~f")
    return alt.Y("grp:Q", scale=alt.Scale(zero=False, padding=14), axis=axis, title="GRP")


def _span(line: Line, start: float, stop: float) -> list[dict[str, Any]]:
    return [
        {"name": line.name, "weight": weight, "grp": _compute(line, weight)}
        for weight in (start, stop)
    ]


def _draw_all(lines: Sequence[Line], _: Speech) -> alt.Chart:
    values = [point for line in lines for point in _span(line, 0, 1)]
    drawn = alt.Chart(alt.InlineData(values=values)).mark_line(strokeWidth=1, color=look.GREY)
    x, y = _make_x(_), _make_y()
    encoded: alt.Chart = drawn.encode(x=x, y=y, detail="name:N")
    return encoded


def _draw_best(stretches: Sequence[tuple[Line, float, float]], _: Speech) -> list[alt.Chart]:
    values = [
        {**point, "stretch": number}
        for number, (line, start, stop) in enumerate(stretches)
        for point in _span(line, start, stop)
    ]
    drawn = alt.Chart(alt.InlineData(values=values)).mark_line(strokeWidth=3, color=look.ACCENT)
    names = [_name(*stretch, _) for stretch in stretches if _is_wide(*stretch[1:])]
    return [drawn.encode(x=_make_x(_), y=_make_y(), detail="stretch:N"), *names]


def _is_wide(start: float, stop: float) -> bool:
    """Has room for a name; what has none, the table names."""
    return stop - start >= _NARROWEST


def _name_rest(
    lines: Sequence[Line], stretches: Sequence[tuple[Line, float, float]], _: Speech
) -> list[alt.Chart]:
    """Where they begin, those that have no name yet; of lines that begin together the first."""
    named = [line.name for line, start, stop in stretches if _is_wide(start, stop)]
    ends = [value for line in lines for value in (line.q_regional, line.q_global)]
    apart = (max(ends) - min(ends)) * _APART
    taken = [line.q_regional for line in lines if line.name in named]
    values = []
    for line in lines:
        is_free = all(abs(line.q_regional - other) > apart for other in taken)
        if line.name not in named and is_free:
            taken.append(line.q_regional)
            values += _span(line, 0, 0)[:1]
    if not values:
        return []
    names = alt.Chart(alt.InlineData(values=values)).mark_text(
        align="left", baseline="bottom", dx=6, dy=-4, fill=look.SOFT, fontSize=11
    )
    return [names.encode(x=_make_x(_), y=_make_y(), text="name:N")]


def _name(line: Line, start: float, stop: float, _: Speech) -> alt.Chart:
    """At the middle of its stretch, on the side that a sloping line leaves free."""
    middle = (start + stop) / 2
    falls = line.q_global < line.q_regional
    is_above = middle < _FULL_RIGHT or not falls
    named = alt.Chart(alt.InlineData(values=_span(line, middle, middle)[:1])).mark_text(
        align="left" if falls and is_above else "right",
        baseline="bottom" if is_above else "top",
        dx=4 if falls and is_above else -4,
        dy=-5 if is_above else 5,
        fill=look.ACCENT,
        fontWeight=600,
    )
    encoded: alt.Chart = named.encode(x=_make_x(_), y=_make_y(), text="name:N")
    return encoded


def _draw_changes(stretches: Sequence[tuple[Line, float, float]]) -> list[alt.Chart]:
    values = [_span(line, start, start)[0] for line, start, _stop in stretches[1:]]
    if not values:
        return []
    dots = alt.Chart(alt.InlineData(values=values)).mark_point(
        filled=True, opacity=1, size=70, color=look.ACCENT
    )
    return [dots.encode(x="weight:Q", y="grp:Q")]


def _mark(weight: float | None, _: Speech, *, is_chosen: bool) -> tuple[float, str] | None:
    if weight is None:
        return None
    said = _.number(weight)
    if is_chosen:
        return weight, _("the chosen weight, %(weight)s", weight=said)
    return weight, _("the region's weight, %(weight)s", weight=said)


def _draw_weight(mark: tuple[float, str] | None, _: Speech) -> list[alt.Chart]:
    if mark is None:
        return []
    weight, label = mark
    data = alt.InlineData(values=[{"weight": weight, "label": label}])
    rule = alt.Chart(data).mark_rule(color=look.GREY, strokeDash=[3, 3])
    name = alt.Chart(data).mark_text(baseline="bottom", fill=look.SOFT, dy=-4, fontSize=11)
    return [
        rule.encode(x=_make_x(_)),
        name.encode(x=_make_x(_), y=alt.value(0), text="label:N"),
    ]


def _tell(line: Line, grp: Mapping[str, Any], lines: Sequence[Line], _: Speech) -> tuple[str, ...]:
    weight = grp.get("alpha")
    best = [
        _("%(low)s to %(high)s", low=_.number(start), high=_.number(stop))
        for name, start, stop in _list_stretches(grp, lines)
        if name is line
    ]
    return (
        line.name,
        _.given(line.beta),
        _.number(line.q_regional, 2),
        _.number(None if weight is None else _compute(line, weight), 2),
        _.number(line.q_global, 2),
        ", ".join(best) or _("none"),
    )
