"""What this report cannot tell, in plain words: those limits that hold for it."""

from collections.abc import Iterator

from domain.results.report import Report
from reports.facts import FEW_RATERS
from reports.speech import Speech


def list_limits(report: Report, _: Speech) -> tuple[str, ...]:
    return (
        *_of_raters(report, _),
        *_of_design(report, _),
        *_of_intervals(report, _),
        *_of_frontier(report, _),
    )


def _of_raters(report: Report, _: Speech) -> Iterator[str]:
    if report.who == "simulated":
        yield _("The raters are simulated: nothing here is about people.")
    elif 0 < report.raters.num < FEW_RATERS:
        yield _(
            "There are fewer than %(few)s raters. Intervals of agreement hold for them and are too "
            "narrow for others.",
            few=FEW_RATERS,
        )
    elif report.raters.num:
        yield _(
            "Intervals of agreement are for these raters on other outputs. Other raters may agree "
            "more or less."
        )
    if report.raters.num_withdrawn:
        yield _.count(
            "%(num)s rater withdrew; their ratings are erased and in no figure.",
            "%(num)s raters withdrew; their ratings are erased and in no figure.",
            report.raters.num_withdrawn,
        )
    outside = sum(each.num for each in report.raters.in_region if each.key != "yes")
    if outside and report.who == "people":
        yield _.count(
            "%(num)s rater is not known to be from the region.",
            "%(num)s raters are not known to be from the region.",
            outside,
        )


def _of_design(report: Report, _: Speech) -> Iterator[str]:
    if report.history.registration is None:
        yield _(
            "No registration from before the first rating is on record: what is compared here may "
            "have been chosen after looking."
        )
    if report.history.looks:
        yield _.count(
            "Effects were opened once before the study closed. The p-values and intervals take no "
            "account of that.",
            "Effects were opened %(num)s times before the study closed. The p-values and intervals "
            "take no account of that.",
            len(report.history.looks),
        )
    if any(each.num_primary < each.num_wanted for each in report.coverage):
        yield _("Not every wanted rating came in; see coverage.")
    yield _(
        "The results hold for prompts like these. They do not say how the variants do on other "
        "subjects."
    )


def _of_intervals(report: Report, _: Speech) -> Iterator[str]:
    if report.effects is not None and not report.is_sealed:
        yield _(
            "Differences are in levels of a worded scale, as if neighbouring levels were equally "
            "far apart; Cliff's delta and the mixed model do without that."
        )
        yield _(
            "An interval that holds 0 is no proof that two variants are alike, and one that does "
            "not is no proof that the difference matters."
        )


def _of_frontier(report: Report, _: Speech) -> Iterator[str]:
    if report.frontier is None or report.is_sealed:
        return
    if not report.frontier.get("split"):
        yield _(
            "The best share of regional weights was chosen and reported on the same prompts: its "
            "gain is likely to look a little better than it is."
        )
