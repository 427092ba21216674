"""How far raters agree on the primary criterion, and for whom that holds."""

from collections.abc import Iterator

from domain.results.report import Report
from reports import names
from reports.facts import (
    FEW_RATERS,
    RELIABLE,
    TENTATIVE,
    Estimated,
    get_headline,
    get_primary,
    take,
)
from reports.speech import Speech


def say(report: Report, _: Speech) -> Iterator[str]:
    key = get_primary(report)
    facts = report.agreement.get(key)
    if not facts or not facts.get("n_ratings"):
        yield _("How far raters agree is not known: there are no ratings to compare.")
        return
    criterion = names.say_criterion(report, key, _).lower()
    num_raters = int(facts.get("n_raters", 0))
    if num_raters == 1:
        yield _(
            "One rater alone cannot agree or disagree: how far others would say the same is not "
            "known."
        )
        return
    yield from _say_exact(report, take(facts, "percent_agreement"), criterion, _)
    yield from _say_alpha(take(facts, "alpha", get_headline(report)), criterion, _)
    if 0 < num_raters < FEW_RATERS:
        yield _(
            "With fewer than %(few)s raters, the intervals of agreement are too narrow for other "
            "raters: they speak of these raters only.",
            few=FEW_RATERS,
        )


def _say_exact(report: Report, exact: Estimated, criterion: str, _: Speech) -> Iterator[str]:
    if exact.value is None:
        return
    if report.design.form == "pair":
        yield _(
            "On %(criterion)s, two raters of the same pair gave the same answer in %(share)s of "
            "cases.",
            criterion=criterion,
            share=_.percent(exact.value),
        )
    else:
        yield _(
            "On %(criterion)s, two raters of the same output gave the same level in %(share)s of "
            "cases.",
            criterion=criterion,
            share=_.percent(exact.value),
        )


def _say_alpha(alpha: Estimated, criterion: str, _: Speech) -> Iterator[str]:
    if alpha.value is None:
        yield _(
            "Krippendorff's alpha on %(criterion)s is undefined: %(reason)s.",
            criterion=criterion,
            reason=_.term(alpha.reason),
        )
        return
    said = _.number(alpha.value, 2)
    if alpha.low is not None and alpha.high is not None:
        said = _(
            "%(value)s (between %(low)s and %(high)s)",
            value=said,
            low=_.number(alpha.low, 2),
            high=_.number(alpha.high, 2),
        )
    yield _(
        "Krippendorff's alpha, which takes chance away, is %(alpha)s; 1 is perfect and 0 is what "
        "chance gives.",
        alpha=said,
    )
    yield _say_mark(alpha.value, _)


def _say_mark(alpha: float, _: Speech) -> str:
    marks = {"low": _.number(TENTATIVE), "high": _.number(RELIABLE, 2)}
    if alpha >= RELIABLE:
        return _("That is at or above the customary mark of %(high)s.", **marks)
    if alpha >= TENTATIVE:
        return _("That lies between the customary marks of %(low)s and %(high)s.", **marks)
    return _("That is below the customary mark of %(low)s for even tentative conclusions.", **marks)
