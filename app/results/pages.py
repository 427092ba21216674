"""From a report to what the templates of results need."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app import rendering
from app.formatting import Formats
from app.results.charts import Charts
from app.results.choices import Asked, Choice
from domain.errors import Word
from domain.results import gallery, global_quality
from domain.results.gallery import Disputed
from domain.results.global_quality import Run
from domain.results.report import Counted, Facts, Report
from domain.results.service import Found
from domain.studies.kept import Kept
from reports import commands, names, words
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


# By what was computed and when, and the language: drawing takes longer than all the rest.
_drawn = Kept[Charts](most=50)


@dataclass(frozen=True, kw_only=True)
class View:
    """All that both pages show; where nothing was computed yet, only that."""

    speech: Speech
    formats: Formats
    found: Found | None
    runs: Sequence[Run] = ()
    charts: Charts = field(default_factory=Charts)
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
        found = self._there.frontier
        return tuple(frontier.say(found, self.speech)) if found else ()

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
        charts=_drawn.get(key, lambda: _draw(report, asked.choice, speech)),
        disputed=gallery.list_disputed(asked.session, asked.study, report, by=asked.choice.sort),
    )


def _draw(report: Report, choice: Choice, speech: Speech) -> Charts:
    # What draws takes a third of a second to load: the first who looks at results waits for it.
    from app.results import drawing  # noqa: PLC0415 - see above

    return drawing.draw_all(report, speech, with_paper=choice.with_paper)
