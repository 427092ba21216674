"""Keeping against gaining: each variant with both intervals, the frontier, and the 98 % line."""

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt

from domain.results.report import Facts
from reports import paper
from reports.charts import look
from reports.charts.look import Chart
from reports.facts import Estimated, Point, list_points
from reports.speech import Speech
from stats.frontier.retention import AT_LEAST

Edge = Literal["top", "bottom"]

_HEIGHTS = {look.WIDE: 340, look.NARROW: 280}


def draw(
    frontier: Facts | None,
    _: Speech,
    *,
    beside: Sequence[paper.PaperPoint] = (),
    width: int = look.WIDE,
) -> Chart | None:
    points = [each for each in list_points(frontier or {}) if _is_placed(each)]
    if not points:
        return None
    return Chart(
        name="pareto",
        title=_("What each variant keeps of global quality, and what it gains in the region."),
        spec=_draw(points, _, beside=beside, width=width),
        number_locale=_.number_locale,
        header=(
            _("Variant"),
            _("Kept"),
            _("95 %% interval"),
            _("Regional gain"),
            _("95 %% interval"),
            _("On the frontier"),
        ),
        rows=(
            *(_tell(each, _) for each in points),
            *(_tell_paper(each, _) for each in beside),
        ),
        note=_(
            "The paper's points stand on its own benchmark and people and have no intervals: they "
            "are a view beside ours, not a comparison."
        )
        if beside
        else "",
    )


def _is_placed(point: Point) -> bool:
    return point.retention.value is not None and point.gain.value is not None


def _draw(
    points: Sequence[Point], _: Speech, *, beside: Sequence[paper.PaperPoint], width: int
) -> dict[str, Any]:
    layers = [*_draw_rule(_), *_draw_intervals(points, _), *_draw_frontier(points, _)]
    if beside:
        layers += _draw_paper(beside, _, width)
    chart = alt.layer(*layers).properties(
        width=width,
        height=_HEIGHTS[width],
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return look.specify(chart)


def _make_x(field: str, _: Speech) -> alt.X:
    axis = alt.Axis(format=".1~%", grid=False, tickCount=6)
    title = _("global quality kept, as a share of the base")
    return alt.X(f"{field}:Q", scale=alt.Scale(zero=False, padding=28), axis=axis, title=title)


def _make_y(field: str, _: Speech) -> alt.Y:
    axis = alt.Axis(format=".3~f", tickCount=6)
    scale = alt.Scale(zero=False, padding=18)
    return alt.Y(f"{field}:Q", scale=scale, axis=axis, title=_("regional gain"))


def _draw_rule(_: Speech) -> list[alt.Chart]:
    label = _("%(share)s kept", share=_.percent(AT_LEAST))
    data = alt.InlineData(values=[{"x": AT_LEAST, "label": label}])
    rule = alt.Chart(data).mark_rule(color=look.GREY, strokeDash=[3, 3]).encode(x=_make_x("x", _))
    name = alt.Chart(data).mark_text(baseline="bottom", fill=look.SOFT, dy=-4, fontSize=11)
    return [rule, name.encode(x=_make_x("x", _), y=alt.value(0), text="label:N")]


def _draw_intervals(points: Sequence[Point], _: Speech) -> list[alt.Chart]:
    across = [_span(each, each.retention) for each in points if each.retention.has_interval]
    upwards = [_span(each, each.gain) for each in points if each.gain.has_interval]
    color = _emphasise()
    layers = []
    if across:
        drawn = alt.Chart(alt.InlineData(values=across)).mark_rule(strokeWidth=1.5, opacity=0.55)
        layers.append(
            drawn.encode(x=_make_x("low", _), x2="high:Q", y=_make_y("y", _), color=color)
        )
    if upwards:
        drawn = alt.Chart(alt.InlineData(values=upwards)).mark_rule(strokeWidth=1.5, opacity=0.55)
        layers.append(
            drawn.encode(y=_make_y("low", _), y2="high:Q", x=_make_x("x", _), color=color)
        )
    return layers


def _span(point: Point, estimate: Estimated) -> dict[str, Any]:
    return {**_as_data(point), "low": estimate.low, "high": estimate.high}


def _as_data(point: Point) -> dict[str, Any]:
    return {
        "name": point.name,
        "x": point.retention.value,
        "y": point.gain.value,
        "is_on_frontier": point.is_on_frontier,
    }


def _emphasise() -> Any:
    return alt.condition("datum.is_on_frontier", alt.value(look.ACCENT), alt.value(look.GREY))


def _draw_frontier(points: Sequence[Point], _: Speech) -> list[alt.Chart]:
    data = [_as_data(each) for each in points]
    on_it = sorted((each for each in data if each["is_on_frontier"]), key=lambda each: each["x"])
    line = alt.Chart(alt.InlineData(values=on_it)).mark_line(
        color=look.ACCENT, strokeWidth=1.5, strokeDash=[6, 3]
    )
    base = alt.Chart(alt.InlineData(values=data))
    dots = base.mark_point(filled=True, opacity=1, size=80)
    x, y = _make_x("x", _), _make_y("y", _)
    return [
        line.encode(x=x, y=y, order="x:Q"),
        dots.encode(x=x, y=y, color=_emphasise()),
        *_name_points(data, _, edges=("bottom", "top"), fill=look.INK),
    ]


def _name_points(
    data: Sequence[dict[str, Any]], _: Speech, *, edges: tuple[Edge, Edge], **look_of: Any
) -> list[alt.Chart]:
    """On the side where there is room: the left one for points in the right half. `edges` of the
    names are at their points, in the left and in the right half: the frontier falls to the right
    and leaves room above it in the left half, below it in the right one.
    """
    middle = (min(each["x"] for each in data) + max(each["x"] for each in data)) / 2
    sides: dict[Literal["left", "right"], list[dict[str, Any]]] = {"left": [], "right": []}
    for each in data:
        sides["left" if each["x"] <= middle else "right"].append(each)
    edge_of = dict(zip(sides, edges, strict=True))
    return [
        alt.Chart(alt.InlineData(values=values))
        .mark_text(
            align=side,
            baseline=edge_of[side],
            dx=7 if side == "left" else -7,
            dy=-5 if edge_of[side] == "bottom" else 5,
            **look_of,
        )
        .encode(x=_make_x("x", _), y=_make_y("y", _), text="name:N")
        for side, values in sides.items()
        if values
    ]


def _draw_paper(points: Sequence[paper.PaperPoint], _: Speech, width: int) -> list[alt.Chart]:
    values = [
        {
            "x": paper.retention(each),
            "y": paper.gain(each),
            "name": _("the paper: %(name)s", name=each.name),
        }
        for each in points
    ]
    base = alt.Chart(alt.InlineData(values=values))
    dots = base.mark_point(shape="diamond", color=look.PAPER, size=90, filled=False, opacity=1)
    drawn = dots.encode(x=_make_x("x", _), y=_make_y("y", _))
    if width == look.NARROW:
        # No room for a name at each: one for all, in their colour.
        label = alt.Chart(alt.InlineData(values=[{"name": _("diamonds: the paper")}])).mark_text(
            align="right", baseline="bottom", dy=-6, fill=look.PAPER, fontSize=11
        )
        return [drawn, label.encode(x=alt.value("width"), y=alt.value("height"), text="name:N")]
    names = _name_points(values, _, edges=("top", "top"), fill=look.PAPER, fontSize=11)
    return [drawn, *names]


def _tell(point: Point, _: Speech) -> tuple[str, ...]:
    kept, gained = point.retention, point.gain
    chance = point.share_on_frontier
    on_it = _("yes") if point.is_on_frontier else _("no")
    return (
        point.name,
        _.percent(kept.value, 1),
        look.interval(_, *_as_percents(kept), digits=1) or _.term(kept.reason),
        _.signed(gained.value),
        look.tell_interval(_, gained),
        on_it if chance is None else f"{on_it} ({_.percent(chance)})",
    )


def _as_percents(estimate: Estimated) -> tuple[float | None, float | None]:
    if estimate.low is None or estimate.high is None:
        return None, None
    return estimate.low * 100, estimate.high * 100


def _tell_paper(point: paper.PaperPoint, _: Speech) -> tuple[str, ...]:
    none = _("not published")
    name = _("the paper: %(name)s", name=point.name)
    kept, gained = _.percent(paper.retention(point), 1), _.signed(paper.gain(point))
    return (name, kept, none, gained, none, "")
