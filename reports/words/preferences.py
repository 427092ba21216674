"""Which arm raters prefer on the primary criterion, by votes or by rankings, and how surely."""

from collections.abc import Iterator

from domain.results.report import Facts, Report
from reports import names
from reports.facts import Estimated, get_confidence, get_primary, take
from reports.speech import Speech

_EVEN = 0.5


def say(report: Report, _: Speech) -> Iterator[str]:
    primary = get_primary(report)
    criteria = (report.preferences or {}).get("criteria", ())
    found = next((each for each in criteria if each["criterion"] in (primary, None)), None)
    if found is None:
        yield _("Which variant raters prefer was not computed.")
    elif report.design.form == "pair":
        yield from _say_votes(report, found, primary, _)
    else:
        yield from _say_ranks(report, found, primary, _)


def _say_votes(report: Report, found: Facts, criterion: str, _: Speech) -> Iterator[str]:
    """Each arm beside the baseline; without one, each pair."""
    for pair in found["pairs"]:
        arm, other, share = str(pair["arm"]), str(pair["other"]), take(pair, "win_share")
        if arm == report.design.baseline:
            arm, other, share = other, arm, _turn(share)
        if report.design.baseline not in (other, None) or share.value is None:
            continue
        values = {
            "arm": arm,
            "other": other,
            "criterion": names.say_criterion(report, criterion, _).lower(),
            "won": _.percent(share.value),
        }
        said = _(
            "On %(criterion)s, '%(arm)s' won %(won)s of the votes beside '%(other)s', a tie "
            "counting as half",
            **values,
        )
        yield f"{said}{_judge(report, share, _)}"


def _judge(report: Report, share: Estimated, _: Speech) -> str:
    if share.low is None or share.high is None:
        return _("; how sure that is cannot be said: %(reason)s.", reason=_.term(share.reason))
    values = {
        "share": _.percent(get_confidence(report)),
        "low": _.percent(share.low),
        "high": _.percent(share.high),
    }
    if share.low > _EVEN:
        return _("; the %(share)s interval, %(low)s to %(high)s, lies above one half.", **values)
    if share.high < _EVEN:
        return _("; the %(share)s interval, %(low)s to %(high)s, lies below one half.", **values)
    return _(
        "; the %(share)s interval, %(low)s to %(high)s, holds one half: that one is preferred is "
        "not shown.",
        **values,
    )


def _turn(share: Estimated) -> Estimated:
    """The share of the other one."""

    def turn(value: float | None) -> float | None:
        return None if value is None else 1 - value

    return Estimated(
        value=turn(share.value), low=turn(share.high), high=turn(share.low), reason=share.reason
    )


def _say_ranks(report: Report, found: Facts, criterion: str, _: Speech) -> Iterator[str]:
    ranked = [(str(each["arm"]), take(each, "mean_rank")) for each in found["arms"]]
    known = sorted((each for each in ranked if each[1].value is not None), key=_get_rank)
    if not known:
        yield _("Which variant raters prefer was not computed.")
        return
    yield _(
        "On %(criterion)s, mean ranks are %(ranks)s; 1 is the best.",
        criterion=names.say_criterion(report, criterion, _).lower(),
        ranks=", ".join(f"'{arm}' {_.number(rank.value, 2)}" for arm, rank in known),
    )
    p_value = take(found, "p_friedman")
    if p_value.value is None:
        yield _("Whether they differ is undefined: %(reason)s.", reason=_.term(p_value.reason))
    else:
        yield _("That all are alike has p %(p)s.", p=_.number(p_value.value))


def _get_rank(each: tuple[str, Estimated]) -> float:
    return each[1].value or 0.0
