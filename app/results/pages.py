"""From a report to what the templates of results need."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app import rendering
from app.formatting import Formats
from app.results.choices import Asked, Choice
from domain.errors import Word
from domain.results import gallery, global_quality
from domain.results.gallery import Disputed
from domain.results.global_quality import Run
from domain.results.report import Counted, Facts, Report
from domain.results.service import Found
from domain.studies.kept import Kept
from reports import commands, names, words
from reports.charts import agreement, coverage, drawing, effects, grp, pareto, preferences, raters
from reports.charts.look import Chart
from reports.reasons import RULES
from reports.speech import Speech
from reports.words import frontier, limits

_OUTCOMES = {
    "1": Word("the first"),
    "2": Word("the second"),
    "3": Word("a tie"),
    "4": Word("both bad"),
}
_YES, _NO, _UNKNOWN = Word("yes"), Word("no"), Word("not said")


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A chart for the page: the drawing, and the same numbers as a table."""

    chart: Chart
    svg: Markup


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


# By what was computed and when, and the language: drawing takes longer than all the rest.
_drawn = Kept[Charts](most=50)


@dataclass(frozen=True, kw_only=True)
class View:
    """All that both pages show; where nothing was computed yet, only that."""

    speech: Speech
    formats: Formats
    found: Found | None
    runs: Sequence[Run] = ()
    charts: Charts = Charts()
    disputed: Sequence[Disputed] = ()

    @property
    def report(self) -> Report | None:
        return self.found.report if self.found else None

    @property
    def paragraph(self) -> str:
        return " ".join(words.summarise(self._there, self.speech))

    @property
    def limits(self) -> Sequence[str]:
        return limits.list_limits(self._there, self.speech)

    @property
    def recommendation(self) -> Sequence[str]:
        return tuple(frontier.say(self._there, self.speech))

    @property
    def commands(self) -> Sequence[str]:
        """What computes the same from the exported file, number for number."""
        return commands.list_commands(self._there)

    @property
    def _there(self) -> Report:
        assert self.found is not None, "Asked where there is a report."
        return self.found.report

    def choose_runs(self) -> list[tuple[str, str]]:
        return [(str(run.job_id), run.label) for run in self.runs]

    def name_criterion(self, key: str) -> str:
        return names.say_criterion(self._there, key, self.speech)

    def say_rule(self, rule: str) -> str:
        return self.speech(RULES[rule])

    def say_counts(self, facts: Facts) -> str:
        """How many said what; of a pair in words, its outputs in the order in which they stand."""
        counts = facts["counts"].items()
        if self._there.design.form != "pair":
            return " · ".join(f"{level}: {num}" for level, num in counts)
        said = [f"{self.speech(_OUTCOMES[outcome])}: {num}" for outcome, num in counts if num]
        return " · ".join(said)

    def say_time(self, moment: str | None) -> str | None:
        return self.formats.datetime(dt.datetime.fromisoformat(moment)) if moment else None

    def say_countries(self, counts: Sequence[Counted]) -> str | None:
        return self._list(counts, self.speech.country)

    def say_languages(self, counts: Sequence[Counted]) -> str | None:
        return self._list(counts, self.speech.language)

    def say_places(self, counts: Sequence[Counted]) -> str | None:
        said = {"yes": _YES, "no": _NO, "unknown": _UNKNOWN}
        return self._list(counts, lambda key: self.speech(said[key]))

    def _list(self, counts: Sequence[Counted], name: Callable[[str], str]) -> str | None:
        said = [
            f"{name(each.key) or self.speech(_UNKNOWN)}: {self.speech.whole(each.num)}"
            for each in counts
        ]
        return " · ".join(said) or None


def make_view(asked: Asked, found: Found | None) -> View:
    code = rendering.choose_language(asked.request).code
    speech, formats = Speech(code), Formats(code)
    if found is None:
        return View(speech=speech, formats=formats, found=None)
    report = found.report
    key = (asked.study.id, asked.options, found.made_at, asked.choice.with_paper, code)
    return View(
        speech=speech,
        formats=formats,
        found=found,
        runs=() if report.is_sealed else global_quality.list_runs(asked.session, asked.study),
        charts=_drawn.get(key, lambda: _draw_all(report, asked.choice, speech)),
        disputed=gallery.list_disputed(asked.session, asked.study, report, by=asked.choice.sort),
    )


def _draw_all(report: Report, choice: Choice, speech: Speech) -> Charts:
    return Charts(
        criteria=[
            OfCriterion(
                name=names.say_criterion(report, each.key, speech),
                effects=_draw(
                    effects.draw(report, each.key, speech)
                    or preferences.draw(report, each.key, speech)
                ),
                agreement=_draw(agreement.draw(report, each.key, speech)),
            )
            for each in report.design.criteria
        ],
        coverage=_draw(coverage.draw(report, speech)),
        pareto=_draw(pareto.draw(report, speech, with_paper=choice.with_paper)),
        grp=_draw(grp.draw(report, speech)),
        raters=_draw(raters.draw(report, speech)),
    )


def _draw(chart: Chart | None) -> Drawn | None:
    """The drawing is our own, of numbers and names that it escaped."""
    if chart is None:
        return None
    return Drawn(chart=chart, svg=Markup(drawing.for_page(chart)))  # noqa: S704 - see above
