"""What came out for each arm on the primary criterion, with its uncertainty."""

from collections.abc import Iterator

from domain.results.report import Report
from reports import names
from reports.facts import Effect, get_confidence, get_primary, list_effects
from reports.speech import Speech
from reports.words import preferences


def say(report: Report, _: Speech) -> Iterator[str]:
    if report.is_sealed:
        yield _("What the variants did is sealed until the study closes: nothing here is by arm.")
        return
    if report.design.form != "likert":
        yield from preferences.say(report, _)
        return
    if report.effects is None:
        yield _("No effect was computed.")
        return
    primary = get_primary(report)
    found = [each for each in list_effects(report) if each.criterion == primary and each.is_overall]
    if not found:
        yield _("No variant could be compared with the baseline.")
    for effect in found:
        yield _say_effect(report, effect, _)
        yield from _say_minimum(report, effect, _)
    if len(found) > 1:
        yield _(
            "Each interval is for its own comparison; the p-values in the table are corrected for "
            "their number."
        )


def _say_effect(report: Report, effect: Effect, _: Speech) -> str:
    found = effect.difference
    values = {
        "arm": effect.arm,
        "baseline": (report.effects or {}).get("baseline", ""),
        "criterion": names.say_criterion(report, effect.criterion, _).lower(),
    }
    if found.value is None:
        return _(
            "How '%(arm)s' compares with '%(baseline)s' on %(criterion)s is undefined: %(reason)s.",
            **values,
            reason=_.term(found.reason),
        )
    values["difference"] = _.number(abs(found.value))
    if found.low is None or found.high is None:
        return _say_without_interval(found.value, _.term(found.reason), values, _)
    values |= {
        "low": _.number(found.low),
        "high": _.number(found.high),
        "share": _.percent(get_confidence(report)),
    }
    return _say_with_interval(found.value, found.low, found.high, values, _)


def _say_without_interval(value: float, reason: str, values: dict[str, str], _: Speech) -> str:
    if value == 0:
        text = _("'%(arm)s' and '%(baseline)s' have the same mean on %(criterion)s", **values)
    elif value > 0:
        text = _(
            "'%(arm)s' was rated %(difference)s levels higher than '%(baseline)s' on %(criterion)s",
            **values,
        )
    else:
        text = _(
            "'%(arm)s' was rated %(difference)s levels lower than '%(baseline)s' on %(criterion)s",
            **values,
        )
    return _("%(text)s; how sure that is cannot be said: %(reason)s.", text=text, reason=reason)


def _say_with_interval(
    value: float, low: float, high: float, values: dict[str, str], _: Speech
) -> str:
    if low > 0:
        return _(
            "'%(arm)s' was rated higher than '%(baseline)s' on %(criterion)s, by %(difference)s "
            "levels; the %(share)s interval, %(low)s to %(high)s, lies above 0.",
            **values,
        )
    if high < 0:
        return _(
            "'%(arm)s' was rated lower than '%(baseline)s' on %(criterion)s, by %(difference)s "
            "levels; the %(share)s interval, %(low)s to %(high)s, lies below 0.",
            **values,
        )
    values["signed"] = _.signed(value)
    return _(
        "The study does not show that '%(arm)s' differs from '%(baseline)s' on %(criterion)s: the "
        "difference is %(signed)s levels, and its %(share)s interval, %(low)s to %(high)s, holds "
        "0. That is no proof that they are alike.",
        **values,
    )


def _say_minimum(report: Report, effect: Effect, _: Speech) -> Iterator[str]:
    """What the interval says of the smallest effect that was planned to matter."""
    registration, found = report.history.registration, effect.difference
    if registration is None or found.low is None or found.high is None:
        return
    values = {"minimum": _.given(registration.minimum_effect), "arm": effect.arm}
    if found.high < registration.minimum_effect:
        yield _(
            "A gain of %(minimum)s, the smallest that was planned to matter, lies above that "
            "interval.",
            **values,
        )
    elif found.low >= registration.minimum_effect:
        yield _(
            "The whole interval reaches at least %(minimum)s, the smallest gain that was planned "
            "to matter.",
            **values,
        )
    elif found.low > 0:
        yield _(
            "Whether it reaches %(minimum)s, the smallest gain that was planned to matter, stays "
            "open.",
            **values,
        )
