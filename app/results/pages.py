"""From a report to what the templates of results need."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app import rendering
from app.results.choices import Asked
from domain.results import gallery, global_quality
from domain.results import service as results
from domain.results.gallery import Disputed
from domain.results.global_quality import Run
from domain.results.report import Report
from domain.results.service import Found
from domain.settings import Settings
from reports import names, words
from reports.charts import agreement, coverage, drawing, effects, grp, pareto, raters
from reports.charts.look import Chart
from reports.speech import Speech


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A chart for the page: the drawing, and the same numbers as a table."""

    chart: Chart
    svg: Markup


@dataclass(frozen=True, kw_only=True)
class OfCriterion:
    key: str
    name: str
    effects: Drawn | None
    agreement: Drawn | None


@dataclass(frozen=True, kw_only=True)
class View:
    found: Found | None
    is_large: bool
    runs: Sequence[Run]
    paragraphs: Sequence[str]
    limits: Sequence[str]
    criteria: Sequence[OfCriterion]
    coverage: Drawn | None
    pareto: Drawn | None
    grp: Drawn | None
    raters: Drawn | None
    disputed: Sequence[Disputed]

    @property
    def report(self) -> Report | None:
        return self.found.report if self.found else None


def make_view(asked: Asked, settings: Settings, found: Found | None) -> View:
    speech = Speech(rendering.choose_language(asked.request).code)
    if found is None:
        return _make_empty(asked)
    report = found.report
    return View(
        found=found,
        is_large=results.is_large(asked.session, asked.study),
        runs=global_quality.list_runs(asked.session, asked.study),
        paragraphs=words.summarize(report, speech),
        limits=words.list_limits(report, speech),
        criteria=[
            OfCriterion(
                key=each.key,
                name=names.say_criterion(report, each.key, speech),
                effects=_draw(effects.draw(report, each.key, speech)),
                agreement=_draw(agreement.draw(report, each.key, speech)),
            )
            for each in report.design.criteria
        ],
        coverage=_draw(coverage.draw(report, speech)),
        pareto=_draw(pareto.draw(report, speech)),
        grp=_draw(grp.draw(report, speech)),
        raters=_draw(raters.draw(report, speech)),
        disputed=gallery.list_disputed(asked.session, asked.study, report),
    )


def _make_empty(asked: Asked) -> View:
    """Nothing was computed yet, and it takes too long for a page."""
    return View(
        found=None,
        is_large=True,
        runs=(),
        paragraphs=(),
        limits=(),
        criteria=(),
        coverage=None,
        pareto=None,
        grp=None,
        raters=None,
        disputed=(),
    )


def _draw(chart: Chart | None) -> Drawn | None:
    """The drawing is our own, of numbers and names that it escaped."""
    if chart is None:
        return None
    return Drawn(chart=chart, svg=Markup(drawing.for_page(chart)))  # noqa: S704 - see above
