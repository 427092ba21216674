"""What each arm changes, against the baseline: intervals on one line of 0."""

from collections.abc import Sequence

from domain.results.report import Report
from reports import names
from reports.charts import intervals, look
from reports.charts.intervals import Mark, Plan, Row
from reports.charts.look import Chart
from reports.facts import Effect, list_effects
from reports.speech import Speech


def draw(report: Report, criterion: str, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    """Of one criterion: each arm over all prompts, and below it within its groups."""
    effects = [each for each in list_effects(report) if each.criterion == criterion]
    if not effects:
        return None
    ordered = _order(effects)
    named = names.say_criterion(report, criterion, _)
    baseline = (report.effects or {}).get("baseline", "")
    largest = _find_largest(report, criterion)
    domain = _choose_domain(ordered, largest)
    plan = Plan(
        rows=[_make_row(each, report, _) for each in ordered],
        marks=[Mark(x=0, label=_("like %(arm)s", arm=baseline), is_dashed=False)],
        axis_title=_("difference in levels, %(criterion)s", criterion=named),
        axis_format=".2~f",
        domain=domain,
        width=width,
    )
    return Chart(
        name=f"effects-{names.as_id(criterion)}",
        title=_(
            "Difference of each arm from %(arm)s on %(criterion)s, with 95 %% intervals.",
            arm=baseline,
            criterion=named,
        ),
        spec=intervals.draw(plan),
        number_locale=_.number_locale,
        header=(_("Arm"), _("Part"), _("Difference"), _("95 %% interval"), _("p, corrected")),
        rows=tuple(_tell(each, report, _) for each in ordered),
        note=_(
            "No difference can be larger than %(largest)s levels. Intervals that reach further "
            "are drawn up to there: too few prompts or raters to say anything.",
            largest=_.whole(largest),
        )
        if domain and largest
        else "",
    )


def _find_largest(report: Report, criterion: str) -> int | None:
    """From the lowest level to the highest."""
    found = next((each for each in report.design.criteria if each.key == criterion), None)
    return found.levels - 1 if found and found.levels else None


def _choose_domain(effects: Sequence[Effect], largest: int | None) -> tuple[float, float] | None:
    """Where an interval reaches beyond what can be: as far as that."""
    found = [each.difference for each in effects if each.difference.has_interval]
    low = min((each.low or 0.0 for each in found), default=0.0)
    high = max((each.high or 0.0 for each in found), default=0.0)
    if largest is None or (-largest <= low and high <= largest):
        return None
    return max(min(low, 0.0), -float(largest)), min(max(high, 0.0), float(largest))


def _order(effects: Sequence[Effect]) -> list[Effect]:
    arms = list(dict.fromkeys(each.arm for each in effects))
    return sorted(effects, key=lambda each: (arms.index(each.arm), not each.is_overall))


def _make_row(effect: Effect, report: Report, _: Speech) -> Row:
    part = names.say_group(report, effect.group, _)
    return Row(
        label=effect.arm if effect.is_overall else part,
        estimate=effect.difference,
        shown=intervals.show(_, effect.difference, is_signed=True),
        is_strong=effect.is_overall,
    )


def _tell(effect: Effect, report: Report, _: Speech) -> tuple[str, ...]:
    found = effect.difference
    return (
        effect.arm,
        names.say_group(report, effect.group, _),
        _.signed(found.value) if found.value is not None else _.term(found.reason),
        look.tell_interval(_, found),
        _.number(effect.p_value.value),
    )
