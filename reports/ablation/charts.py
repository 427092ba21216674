"""How many answers are right after learning from which data, and what each addition did: intervals
one below the other, in the order in which data were added.
"""

from collections.abc import Sequence

from reports.ablation.facts import UNTOLD, Addition, Scope, name_run
from reports.charts import intervals, look
from reports.charts.intervals import Mark, Plan, Row
from reports.charts.look import Chart
from reports.facts import Estimated
from reports.speech import Speech
from specs.kinds.answers.answers_ablate import BASE

_DIGITS = 1


def draw_shares(scope: Scope, _: Speech, *, width: int = look.WIDE) -> Chart:
    lines = [(name_run(BASE, _), scope.base), *((row.label, row.mean) for row in scope.additions)]
    value = scope.base.value
    plan = Plan(
        rows=[
            Row(label=label, estimate=share, shown=intervals.show(_, share, digits=_DIGITS))
            for label, share in lines
        ],
        marks=[] if value is None else [Mark(x=value, label=name_run(BASE, _))],
        axis_title=_("right answers, per cent"),
        axis_format=".2~f",
        width=width,
    )
    return Chart(
        name=f"ablation-shares-{scope.name}",
        title=_(
            "Right answers to %(scope)s questions after learning from which data, per cent, with "
            "intervals.",
            scope=_.term(scope.name),
        ),
        spec=intervals.draw(plan),
        number_locale=_.number_locale,
        header=(
            _("Learnt from"),
            _("Right answers, per cent"),
            _("Interval"),
            _("Beside the base, points"),
            _("Interval"),
        ),
        rows=(
            (name_run(BASE, _), *_tell(scope.base, _), "", ""),
            *(
                (row.label, *_tell(row.mean, _), *_tell(row.to_base, _, is_signed=True))
                for row in scope.additions
            ),
        ),
    )


def draw_additions(scope: Scope, _: Speech, *, width: int = look.WIDE) -> Chart:
    """What cannot be told from nothing is grey."""
    plan = Plan(
        rows=[
            Row(
                label=row.label,
                estimate=row.to_before,
                shown=intervals.show(_, row.to_before, is_signed=True, digits=_DIGITS),
                is_strong=row.verdict != UNTOLD,
            )
            for row in scope.additions
        ],
        marks=[Mark(x=0, label=_("no difference"), is_dashed=False)],
        axis_title=_("difference from what it was added to, points"),
        axis_format=".2~f",
        width=width,
    )
    return Chart(
        name=f"ablation-additions-{scope.name}",
        title=_(
            "What each addition of data did for %(scope)s questions, in percentage points, with "
            "intervals.",
            scope=_.term(scope.name),
        ),
        spec=intervals.draw(plan),
        number_locale=_.number_locale,
        header=(_("Added"), _("To"), _("Points"), _("Interval"), _("Verdict")),
        rows=tuple(_list_additions(scope.additions, _)),
        note=_("Grey: 0 is in the interval, so that the addition cannot be told from nothing."),
    )


def _list_additions(additions: Sequence[Addition], _: Speech) -> list[tuple[str, ...]]:
    return [
        (
            row.label,
            name_run(row.against, _),
            *_tell(row.to_before, _, is_signed=True),
            _.term(row.verdict),
        )
        for row in additions
    ]


def _tell(estimate: Estimated, _: Speech, *, is_signed: bool = False) -> tuple[str, str]:
    if estimate.value is None:
        return _.term(estimate.reason), ""
    write = _.signed if is_signed else _.number
    return write(estimate.value, _DIGITS), look.tell_interval(_, estimate, _DIGITS)
