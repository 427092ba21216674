"""How strict each rater is beside the others: severity as intervals, strictest first."""

from collections.abc import Sequence

from domain.results.report import Facts, Report
from reports.charts import intervals, look
from reports.charts.intervals import Mark, Plan, Row
from reports.charts.look import Chart
from reports.facts import Estimated, take
from reports.speech import Speech

MOST_DRAWN = 40  # the strictest and the mildest, where there are more


def draw(report: Report, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    known = [(row, take(row, "severity")) for row in report.rater_rows]
    placed = [each for each in known if each[1].value is not None]
    if not placed:
        return None
    ordered = sorted(placed, key=lambda each: -(each[1].value or 0.0))
    drawn = _thin_out(ordered)
    plan = Plan(
        rows=[_make_row(row, severity, _) for row, severity in drawn],
        marks=[Mark(x=0, label=_("like the others on the same items"), is_dashed=False)],
        axis_title=_("levels below the others; to the right the stricter"),
        axis_format=".2~f",
        width=width,
    )
    return Chart(
        name="raters",
        title=_("How many levels each rater stays below the others on the same items."),
        spec=intervals.draw(plan),
        number_locale=_.number_locale,
        header=(_("Rater"), _("Criterion"), _("Severity"), _("95 %% interval"), _("Ratings")),
        rows=tuple(_tell(row, severity, _) for row, severity in ordered),
        note=_thinned(len(ordered), len(drawn), _),
    )


def _thin_out(
    ordered: Sequence[tuple[Facts, Estimated]],
) -> Sequence[tuple[Facts, Estimated]]:
    if len(ordered) <= MOST_DRAWN:
        return ordered
    half = MOST_DRAWN // 2
    return [*ordered[:half], *ordered[-half:]]


def _thinned(num: int, num_drawn: int, _: Speech) -> str:
    if num == num_drawn:
        return ""
    return _(
        "Drawn are the %(half)s strictest and the %(half)s mildest; the files list all %(num)s.",
        half=_.whole(num_drawn // 2),
        num=_.whole(num),
    )


def _make_row(row: Facts, severity: Estimated, _: Speech) -> Row:
    return Row(
        label=_("rater %(code)s", code=row.get("rater", "")),
        estimate=severity,
        shown=intervals.show(_, severity, is_signed=True, digits=2),
    )


def _tell(row: Facts, severity: Estimated, _: Speech) -> tuple[str, ...]:
    return (
        str(row.get("rater", "")),
        str(row.get("criterion", "")),
        _.signed(severity.value, 2),
        look.tell_interval(_, severity, 2),
        _.whole(row.get("n_ratings", 0)),
    )
