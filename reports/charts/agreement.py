"""Coefficients of agreement as intervals, with the marks that they are usually read against."""

from collections.abc import Mapping
from typing import Any

from domain.results.report import Facts, Report
from reports import names
from reports.charts import intervals, look
from reports.charts.intervals import Mark, Plan, Row
from reports.charts.look import Chart
from reports.facts import NO_ORDER, RELIABLE, TENTATIVE, Estimated, get_headline, take
from reports.measures.agreement import AGREEMENT
from reports.measures.measure import Measure
from reports.speech import Speech

_LOWEST = -1.0  # that is drawn: an ICC has no end


def list_coefficients(facts: Facts) -> list[tuple[Measure, Estimated]]:
    """Those of one criterion that have a meaning there, in the order of the measures."""
    paths = [(measure, _split(measure.path)) for measure in AGREEMENT]
    there = [(measure, take(facts, *path)) for measure, path in paths if _is_there(facts, path)]
    return [(measure, found) for measure, found in there if found.reason != NO_ORDER]


def _split(path: str) -> tuple[str, ...]:
    return ("icc", path) if path.startswith("ICC(") else tuple(path.split("."))


def _is_there(facts: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(facts, Mapping) or name not in facts:
            return False
        facts = facts[name]
    return True


def draw(report: Report, criterion: str, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    found = list_coefficients(report.agreement.get(criterion, {}))
    if not found:
        return None
    named = names.say_criterion(report, criterion, _)
    lowest = min((each.low for __, each in found if each.low is not None), default=0.0)
    headline = f"alpha.{get_headline(report)}"
    plan = Plan(
        rows=[
            Row(
                label=_.term(measure.label),
                estimate=estimate,
                shown=intervals.show(_, estimate),
                is_strong=measure.path == headline,
            )
            for measure, estimate in found
        ],
        marks=[
            Mark(x=TENTATIVE, label=_.number(TENTATIVE), align="right"),
            Mark(x=RELIABLE, label=_.number(RELIABLE, 2), align="left"),
        ],
        axis_title=_("agreement on %(criterion)s", criterion=named),
        axis_format=".1f",
        domain=(max(_LOWEST, min(0.0, lowest)), 1.0),
        width=width,
    )
    return Chart(
        name=f"agreement-{names.as_id(criterion)}",
        title=_(
            "Agreement of raters on %(criterion)s by several coefficients, with 95 %% intervals.",
            criterion=named,
        ),
        spec=intervals.draw(plan),
        number_locale=_.number_locale,
        header=(_("Measure"), _("Value"), _("95 %% interval"), _("What it is")),
        rows=tuple(_tell(measure, estimate, _) for measure, estimate in found),
        note=explain_marks(_),
    )


def explain_marks(_: Speech) -> str:
    return _(
        "%(low)s and %(high)s are Krippendorff's marks for tentative and for reliable conclusions "
        "from alpha. They are customs, not gates, and speak of alpha only.",
        low=_.number(TENTATIVE),
        high=_.number(RELIABLE, 2),
    )


def _tell(measure: Measure, estimate: Estimated, _: Speech) -> tuple[str, ...]:
    return (
        _.term(measure.label),
        _.term(estimate.reason) if estimate.value is None else _.number(estimate.value),
        look.tell_interval(_, estimate),
        _.term(measure.definition),
    )
