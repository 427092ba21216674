"""Draws the charts of a report for a page."""

from markupsafe import Markup

from app.results.charts import Charts, Drawn, OfCriterion
from domain.results.report import Report
from reports import names, paper
from reports.charts import (
    agreement,
    coverage,
    drawing,
    effects,
    grp,
    pareto,
    preferences,
    raters,
)
from reports.charts.look import Chart
from reports.speech import Speech


def draw_all(report: Report, speech: Speech, *, with_paper: bool) -> Charts:
    beside = paper.list_points_beside(report.design) if with_paper else ()
    return Charts(
        criteria=[
            OfCriterion(
                name=names.say_criterion(report, each.key, speech),
                effects=show(
                    effects.draw(report, each.key, speech)
                    or preferences.draw(report, each.key, speech)
                ),
                agreement=show(agreement.draw(report, each.key, speech)),
            )
            for each in report.design.criteria
        ],
        coverage=show(coverage.draw(report, speech)),
        pareto=show(pareto.draw(report.frontier, speech, beside=beside)),
        grp=show(grp.draw(report.frontier, speech, is_alpha_chosen=report.is_alpha_chosen)),
        raters=show(raters.draw(report, speech)),
    )


def show(chart: Chart | None) -> Drawn | None:
    """The drawing is our own, of numbers and names that it escaped."""
    if chart is None:
        return None
    return Drawn(
        title=chart.title,
        svg=Markup(drawing.for_page(chart)),  # noqa: S704 - see above
        header=chart.header,
        rows=chart.rows,
        note=chart.note,
    )
