"""How many ratings each item has against how many were wanted, by stratum and country."""

import json
from typing import Any

import altair as alt

from domain.results.report import Covered, Report
from reports import names
from reports.charts import look
from reports.charts.look import Chart
from reports.speech import Speech

_LABEL_LIMITS = {look.WIDE: 220, look.NARROW: 140}


def draw(report: Report, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    if not report.coverage:
        return None
    return Chart(
        name="coverage",
        title=_("Ratings that came in against those wanted, by stratum and country."),
        spec=_draw(report, _, width),
        number_locale=_.number_locale,
        header=(_("Stratum"), _("Country"), _("Items"), _("Wanted"), _("Counted"), _("Share")),
        rows=tuple(_tell(each, report, _) for each in report.coverage),
    )


def _say(each: Covered, report: Report, _: Speech) -> str:
    stratum = names.say_stratum(report, each.stratum, _)
    return " · ".join(part for part in (stratum, _.country(each.country)) if part)


def _share(each: Covered) -> float:
    """Of an empty quota nothing is missing."""
    return each.num_primary / each.num_wanted if each.num_wanted else 1.0


def _draw(report: Report, _: Speech, width: int) -> dict[str, Any]:
    rows = [
        {"row": number, "share": min(_share(each), 1.0), "is_full": _share(each) >= 1, "whole": 1}
        for number, each in enumerate(report.coverage)
    ]
    labels, limit = [_say(each, report, _) for each in report.coverage], _LABEL_LIMITS[width]
    axis = alt.Axis(
        labelExpr=f"{json.dumps(labels, ensure_ascii=False)}[datum.value]",
        labelLimit=limit,
        minExtent=look.estimate_extent(labels, limit),
        domain=False,
        ticks=False,
    )
    y = alt.Y("row:O", axis=axis, title=None, scale=alt.Scale(paddingInner=0.45))
    x_axis = alt.Axis(format=".0%", grid=False, tickCount=4)
    title = _("share of the wanted ratings")
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1]), axis=x_axis, title=title)
    base = alt.Chart(alt.InlineData(values=rows))
    color = alt.condition("datum.is_full", alt.value(look.ACCENT), alt.value(look.ROLES["warn"]))
    chart = alt.layer(
        base.mark_bar(color=look.LINE).encode(x=alt.X("whole:Q", title=title), y=y),
        base.mark_bar().encode(x=x, y=y, color=color),
    ).properties(
        width=width,
        height=look.ROW * len(rows),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return look.specify(chart)


def _tell(each: Covered, report: Report, _: Speech) -> tuple[str, ...]:
    return (
        names.say_stratum(report, each.stratum, _),
        _.country(each.country),
        _.whole(each.num_items),
        _.whole(each.num_wanted),
        _.whole(each.num_primary),
        _.percent(_share(each)),
    )
