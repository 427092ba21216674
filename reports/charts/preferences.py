"""How arms stand to each other by votes or rankings: one scale, with what was won and lost."""

from collections.abc import Mapping, Sequence

from domain.results.report import Facts, Report
from reports import names
from reports.charts import intervals, look
from reports.charts.intervals import Mark, Plan, Row
from reports.charts.look import Chart
from reports.facts import Estimated, take
from reports.speech import Speech


def find(report: Report, criterion: str) -> Facts | None:
    """What votes or rankings say on a criterion; of a table without criteria, on its only one."""
    of_criteria: Sequence[Facts] = (report.preferences or {}).get("criteria", ())
    return next((each for each in of_criteria if each["criterion"] in (criterion, None)), None)


def draw(report: Report, criterion: str, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    found = find(report, criterion)
    if found is None:
        return None
    places = _list_strengths(found) if report.design.form == "pair" else _list_worths(found)
    ordered = sorted(places.items(), key=lambda each: -(each[1].value or 0.0))
    named = names.say_criterion(report, criterion, _)
    plan = Plan(
        rows=[
            Row(label=arm, estimate=place, shown=intervals.show(_, place, is_signed=True, digits=2))
            for arm, place in ordered
        ],
        marks=[Mark(x=0, label=_("like the mean arm"), is_dashed=False)],
        axis_title=_("log-strength, %(criterion)s", criterion=named),
        axis_format=".2~f",
        width=width,
    )
    is_pair = report.design.form == "pair"
    return Chart(
        name=f"preferences-{names.as_id(criterion)}",
        title=_(
            "How much each arm is preferred on %(criterion)s, on one scale, with 95 %% intervals.",
            criterion=named,
        ),
        spec=intervals.draw(plan),
        number_locale=_.number_locale,
        header=_name_columns(_, is_pair=is_pair),
        rows=tuple(
            (
                arm,
                _.signed(place.value, 2),
                look.tell_interval(_, place, 2),
                *(_count_votes(found, arm, _) if is_pair else _tell_rank(found, arm, _)),
            )
            for arm, place in ordered
        ),
        note=_say_pairs(found, _) if is_pair else _say_ranks(found, _),
    )


def _name_columns(_: Speech, *, is_pair: bool) -> tuple[str, ...]:
    counted = (_("Won"), _("Even"), _("Lost")) if is_pair else (_("Mean rank"),)
    return (_("Arm"), _("Log-strength"), _("95 %% interval"), *counted)


def _list_strengths(found: Facts) -> dict[str, Estimated]:
    return {str(each["arm"]): take(each) for each in found["strengths"]}


def _list_worths(found: Facts) -> dict[str, Estimated]:
    return {str(each["arm"]): take(each, "worth") for each in found["arms"]}


def _count_votes(found: Facts, arm: str, _: Speech) -> tuple[str, ...]:
    """Over all pairs in which it stood."""
    won = even = lost = 0
    for pair in found["pairs"]:
        if arm in (pair["arm"], pair["other"]):
            sides = (pair["wins"], pair["losses"])
            wins, losses = sides if pair["arm"] == arm else sides[::-1]
            won, even, lost = won + wins, even + pair["ties"], lost + losses
    return _.whole(won), _.whole(even), _.whole(lost)


def _tell_rank(found: Facts, arm: str, _: Speech) -> tuple[str]:
    ranks: Mapping[str, Facts] = {str(each["arm"]): each for each in found["arms"]}
    return (_.number(take(ranks[arm], "mean_rank").value, 2),)


def _say_pairs(found: Facts, _: Speech) -> str:
    said = _say_votes(found, _)
    num = found.get("n_both_bad", 0)
    if not num:
        return said
    bad = _.count(
        "%(num)s vote found both bad, and counts as a tie.",
        "%(num)s votes found both bad, and count as ties.",
        num,
    )
    return f"{said} {bad}"


def _say_votes(found: Facts, _: Speech) -> str:
    left = take(found, "left_share")
    return _(
        "%(votes)s votes; of those decided, the output on the left won %(share)s (p %(p)s for "
        "half). A tie counts as half for both.",
        votes=_.whole(found["n_votes"]),
        share=_.percent(left.value),
        p=_.number(take(found, "p_left").value),
    )


def _say_ranks(found: Facts, _: Speech) -> str:
    return _(
        "%(rankings)s rankings; that all arms are alike has p %(p)s by Friedman's test, and "
        "Kendall's W is %(w)s.",
        rankings=_.whole(found["n_rankings"]),
        p=_.number(take(found, "p_friedman").value),
        w=_.number(take(found, "kendalls_w").value, 2),
    )
