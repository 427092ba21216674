"""Methods by tasks: each number, its share of the teacher's, and a colour by that share."""

import json
from collections.abc import Sequence
from typing import Any

import altair as alt

from reports.charts import look
from reports.charts.look import Chart
from reports.distillation import names, places
from reports.names import as_id
from reports.speech import Speech
from stats.distillation.cells import Cell
from stats.distillation.rows import TEACHER
from stats.distillation.study import Study

# From this share on, so much ink: steps, because nobody reads a hue to the per cent.
_STEPS = ((1.0, 1.0), (0.95, 0.42), (0.9, 0.28), (0.8, 0.16))
_FAINTEST = 0.06
_ROW = 46
_LABEL_LIMITS = {look.WIDE: 170, look.NARROW: 96}


def draw(study: Study, teacher: str, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    tasks = places.list_tasks(study, teacher, places.OF_MATRIX)
    if not tasks:
        return None
    methods = places.list_methods(study)
    found = [
        [places.find_whole(study, teacher, method, task) for task in tasks] for method in methods
    ]
    return Chart(
        name=f"matrix-{as_id(teacher)}",
        title=_("Every method in every task, beside %(teacher)s.", teacher=teacher),
        spec=_draw(found, [names.say_task(task, _) for task in tasks], methods, _, width),
        number_locale=_.number_locale,
        header=(_("Method"), *(names.say_task(task, _) for task in tasks)),
        rows=tuple(
            (names.say_method(method, _), *(names.say_cell(cell, _) for cell in cells))
            for method, cells in zip(methods, found, strict=True)
        ),
        note=_(
            "The mean over seeds, and below it the share of the teacher's. The more is kept, the "
            "stronger the colour, in steps: below 80 %%, from 80, from 90, from 95, and as much as "
            "the teacher or more."
        ),
    )


def _draw(
    found: Sequence[Sequence[Cell | None]],
    tasks: Sequence[str],
    methods: Sequence[str],
    _: Speech,
    width: int,
) -> dict[str, Any]:
    values = [
        _describe(row, column, cell, _)
        for row, cells in enumerate(found)
        for column, cell in enumerate(cells)
        if cell is not None
    ]
    said = [names.say_method(method, _) for method in methods]
    limit = _LABEL_LIMITS[width]
    y_axis = alt.Axis(
        labelExpr=f"{json.dumps(said, ensure_ascii=False)}[datum.value]",
        labelLimit=limit,
        minExtent=look.estimate_extent(said, limit),
        domain=False,
        ticks=False,
    )
    x_axis = alt.Axis(
        labelExpr=f"{json.dumps(list(tasks), ensure_ascii=False)}[datum.value]",
        orient="top",
        labelAngle=0,
        domain=False,
        ticks=False,
    )
    x = alt.X("column:O", axis=x_axis, title=None, scale=alt.Scale(paddingInner=0.03))
    y = alt.Y("row:O", axis=y_axis, title=None, scale=alt.Scale(paddingInner=0.06))
    base = alt.Chart(alt.InlineData(values=values))
    ink = alt.condition("datum.is_full", alt.value(look.ROLES["ground"]), alt.value(look.INK))
    opacity = alt.Opacity("strength:Q", scale=None, legend=None)
    return look.specify(
        alt.layer(
            base.mark_rect(color=look.ACCENT).encode(x=x, y=y, opacity=opacity),
            base.mark_text(dy=-7, fontWeight=600).encode(x=x, y=y, text="value:N", color=ink),
            base.mark_text(dy=9, fontSize=11).encode(x=x, y=y, text="share:N", color=ink),
        ).properties(
            width=width,
            height=_ROW * len(methods),
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
    )


def _describe(row: int, column: int, cell: Cell, _: Speech) -> dict[str, Any]:
    is_teacher = cell.method == TEACHER
    share = None if is_teacher else cell.share
    strength = 0.0 if share is None else find_strength(share)
    return {
        "row": row,
        "column": column,
        "value": names.say_value(cell.task, cell.mean, _),
        "share": "" if share is None else _.percent(share),
        "strength": strength,
        "is_full": strength == 1.0,
    }


def find_strength(share: float) -> float:
    """Of the colour, by the share as it is written: 0.9996 is 100 %."""
    written = round(share, 2)
    return next((strength for least, strength in _STEPS if written >= least), _FAINTEST)
