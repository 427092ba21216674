"""What every share of regional weights keeps and gains, a curve for each of several models that
cannot be compared otherwise: both as shares of their own base.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from reports.charts import look
from reports.charts.look import Chart
from reports.facts import Estimated
from reports.speech import Speech
from stats.frontier.retention import AT_LEAST

_HEIGHT = 380
# A colour and a shape for each: nothing is told by hue alone.
_COLOURS, _SHAPES = (look.ACCENT, look.PAPER, look.INK), ("circle", "square", "triangle-up")


@dataclass(frozen=True, kw_only=True)
class Place:
    beta: float
    retention: Estimated
    gain: Estimated
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Curve:
    name: str
    places: tuple[Place, ...]  # by beta, from that of the base


def draw(curves: Sequence[Curve], _: Speech, *, width: int = look.WIDE) -> Chart:
    if len(curves) > len(_COLOURS):
        raise ValueError(f"{len(curves)} curves are too many to tell apart in one chart.")
    return Chart(
        name="curves",
        title=_("What every share of regional weights keeps of the base, and what it gains."),
        spec=_draw(curves, _, width),
        number_locale=_.number_locale,
        header=(
            _("Model"),
            _("Beta"),
            _("Kept"),
            _("95 %% interval"),
            _("Regional gain"),
            _("95 %% interval"),
        ),
        rows=tuple(_tell(curve, place, _) for curve in curves for place in curve.places),
        note=_("Filled marks: chosen on the other half."),
    )


def _draw(curves: Sequence[Curve], _: Speech, width: int) -> dict[str, Any]:
    layers = _draw_rule(_)
    for curve, colour, shape in zip(curves, _COLOURS, _SHAPES, strict=False):
        layers += _draw_curve(curve, colour, shape, _)
    chart = alt.layer(*layers).properties(
        width=width,
        height=_HEIGHT,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return look.specify(chart)


def _make_x(field: str, _: Speech) -> alt.X:
    axis = alt.Axis(format=".0%", grid=False, tickCount=6)
    title = _("global quality kept, as a share of the base")
    return alt.X(f"{field}:Q", scale=alt.Scale(zero=False, padding=28), axis=axis, title=title)


def _make_y(field: str, _: Speech) -> alt.Y:
    axis = alt.Axis(format="+.0%", tickCount=6)
    title = _("regional gain, as a share of the base")
    return alt.Y(f"{field}:Q", scale=alt.Scale(padding=18), axis=axis, title=title)


def _draw_rule(_: Speech) -> list[alt.Chart]:
    label = _("%(share)s kept", share=_.percent(AT_LEAST))
    data = alt.InlineData(values=[{"x": AT_LEAST, "label": label}])
    rule = alt.Chart(data).mark_rule(color=look.GREY, strokeDash=[3, 3]).encode(x=_make_x("x", _))
    name = alt.Chart(data).mark_text(baseline="bottom", fill=look.SOFT, dy=-4, fontSize=11)
    return [rule, name.encode(x=_make_x("x", _), y=alt.value(0), text="label:N")]


def _draw_curve(curve: Curve, colour: str, shape: str, _: Speech) -> list[alt.Chart]:
    data = [_as_data(place, _) for place in curve.places]
    base = alt.Chart(alt.InlineData(values=data))
    x, y = _make_x("x", _), _make_y("y", _)
    line = base.mark_line(color=colour, strokeWidth=1.5).encode(x=x, y=y, order="beta:Q")
    spans = [each for each in data if each["low_x"] is not None]
    drawn = alt.Chart(alt.InlineData(values=spans)).mark_rule(color=colour, opacity=0.35)
    across = drawn.encode(x=_make_x("low_x", _), x2="high_x:Q", y=y)
    upwards = drawn.encode(x=x, y=_make_y("low_y", _), y2="high_y:Q")
    marks = base.mark_point(shape=shape, color=colour, size=70, opacity=1).encode(
        x=x,
        y=y,
        fill=alt.condition("datum.is_chosen", alt.value(colour), alt.value(look.ROLES["raised"])),
    )
    betas = base.mark_text(align="right", baseline="top", dx=-6, dy=4, fill=look.SOFT, fontSize=11)
    named = alt.Chart(alt.InlineData(values=[data[-1] | {"name": curve.name}]))
    name = named.mark_text(align="right", baseline="bottom", dx=-8, dy=-6, fill=colour)
    return [
        across,
        upwards,
        line,
        marks,
        betas.encode(x=x, y=y, text="label:N"),
        name.encode(x=x, y=y, text="name:N"),
    ]


def _as_data(place: Place, _: Speech) -> dict[str, Any]:
    return {
        "beta": place.beta,
        "label": _.given(place.beta) if place.beta else "",
        "x": place.retention.value,
        "low_x": place.retention.low,
        "high_x": place.retention.high,
        "y": place.gain.value,
        "low_y": place.gain.low,
        "high_y": place.gain.high,
        "is_chosen": place.is_chosen,
    }


def _tell(curve: Curve, place: Place, _: Speech) -> tuple[str, ...]:
    return (
        curve.name,
        _.given(place.beta),
        _.percent(place.retention.value, 1),
        _tell_interval(place.retention, _),
        _.percent(place.gain.value, 1),
        _tell_interval(place.gain, _),
    )


def _tell_interval(found: Estimated, _: Speech) -> str:
    if found.low is None or found.high is None:
        return ""
    return look.interval(_, 100 * found.low, 100 * found.high, digits=1)
