"""From the teacher to each student, a line for each language: what a mean over languages hides.

Every panel is one method. The language that keeps the smallest share of the teacher's is drawn
strong; each line is named where it ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import altair as alt

from reports.charts import look
from reports.charts.look import Chart
from reports.distillation import names, places
from reports.names import as_id
from reports.speech import Speech
from stats.distillation.rows import TEACHER
from stats.distillation.study import Study

_COLUMNS = {look.WIDE: 3, look.NARROW: 1}
_NAMES = 104  # room for the names at the ends, in pixels
_BETWEEN = 14
_LOWEST, _PER_LANGUAGE = 150, 17  # height of a panel
_APART = 14  # pixels between two names


@dataclass(frozen=True, kw_only=True)
class Line:
    language: str  # in words
    start: float  # the teacher's
    stop: float
    share: float


@dataclass(frozen=True, kw_only=True)
class Panel:
    method: str
    lines: Sequence[Line]

    @property
    def weakest(self) -> Line:
        return min(self.lines, key=lambda line: line.share)


def draw(study: Study, teacher: str, _: Speech, *, width: int = look.WIDE) -> Chart | None:
    """None where retrieval was not measured by language."""
    panels = [
        panel
        for method in places.list_methods(study)[1:]
        if (panel := _make_panel(study, teacher, method, _)).lines
    ]
    if not panels:
        return None
    return Chart(
        name=f"slopes-{as_id(teacher)}",
        title=_("Retrieval in each language, from %(teacher)s to its students.", teacher=teacher),
        spec=_draw(panels, _, width),
        number_locale=_.number_locale,
        header=(_("Language"), _("Teacher"), *(panel.method for panel in panels)),
        rows=tuple(_list_rows(study, teacher, _)),
        note=_(
            "MRR@10 in per cent, the mean of both directions and of all seeds. In each panel the "
            "language that keeps the smallest share of the teacher's is drawn strong."
        ),
    )


def _make_panel(study: Study, teacher: str, method: str, _: Speech) -> Panel:
    lines = []
    for language in study.languages:
        before = places.find_retrieval(study, teacher, TEACHER, language)
        after = places.find_retrieval(study, teacher, method, language)
        if before is not None and after is not None and before.mean > 0:
            said = names.say_language(language, _)
            line = Line(language=said, start=before.mean, stop=after.mean, share=after.share or 0.0)
            lines.append(line)
    return Panel(method=method, lines=lines)


def _list_rows(study: Study, teacher: str, _: Speech) -> list[tuple[str, ...]]:
    return [
        (
            names.say_language(language, _),
            *(
                names.say_cell(places.find_retrieval(study, teacher, method, language), _)
                for method in places.list_methods(study)
            ),
        )
        for language in study.languages
        if places.find_retrieval(study, teacher, TEACHER, language)
    ]


def _draw(panels: Sequence[Panel], _: Speech, width: int) -> dict[str, Any]:
    ends = [value for panel in panels for line in panel.lines for value in (line.start, line.stop)]
    low, high = min(ends), max(ends)
    margin = max((high - low) * 0.06, 0.5)
    domain = (low - margin, high + margin)
    height = max(_LOWEST, _PER_LANGUAGE * max(len(panel.lines) for panel in panels))
    columns = _COLUMNS[width]
    own = width / columns - _NAMES - _BETWEEN - 30
    drawn = [_draw_panel(panel, domain, (own, height), _) for panel in panels]
    return look.specify(alt.concat(*drawn, columns=columns, spacing=_BETWEEN))


def _draw_panel(
    panel: Panel, domain: tuple[float, float], size: tuple[float, float], _: Speech
) -> alt.LayerChart:
    width, height = size
    labels = spread([line.stop for line in panel.lines], domain, height)
    lines, ends = [], []
    for line, label in zip(panel.lines, labels, strict=True):
        told = {"language": line.language, "is_weakest": line is panel.weakest}
        lines += [told | {"x": 0, "y": line.start}, told | {"x": 1, "y": line.stop}]
        said = f"{line.language} {_.number(line.stop, 1)}"
        ends.append(told | {"x": 1, "y": label, "name": said})
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(
            values=[0, 1],
            labelExpr=_name_ends(_("Teacher"), panel.method),
            grid=True,
            domain=False,
            ticks=False,
            labelAlign="left",
        ),
        title=None,
    )
    axis = alt.Axis(tickCount=4, grid=False, domain=False, ticks=False)
    y = alt.Y("y:Q", scale=alt.Scale(domain=list(domain), nice=False), axis=axis, title=None)
    base = alt.Chart(alt.InlineData(values=lines))
    stroke = alt.condition("datum.is_weakest", alt.value(3), alt.value(1.5))
    drawn: alt.LayerChart = (
        alt.layer(
            base.mark_line().encode(
                x=x, y=y, detail="language:N", color=_emphasise(look.GREY), strokeWidth=stroke
            ),
            base.mark_point(filled=True, opacity=1, size=36).encode(
                x=x, y=y, color=_emphasise(look.GREY)
            ),
            alt.Chart(alt.InlineData(values=ends))
            .mark_text(align="left", baseline="middle", dx=8, fontSize=11)
            .encode(x=x, y=y, text="name:N", color=_emphasise(look.SOFT)),
        )
        .properties(width=width, height=height)
        .resolve_scale(color="independent")
    )
    return drawn


def _name_ends(start: str, stop: str) -> str:
    quoted = [text.replace("\\", "\\\\").replace("'", "\\'") for text in (start, stop)]
    return f"datum.value < 0.5 ? '{quoted[0]}' : '{quoted[1]}'"


def _emphasise(otherwise: str) -> Any:
    return alt.condition("datum.is_weakest", alt.value(look.ACCENT), alt.value(otherwise))


def spread(values: Sequence[float], domain: tuple[float, float], height: float) -> list[float]:
    """Where the names of the values stand, so that none is on top of another: as near to its own
    value as the others let it be, in their order, inside the panel.
    """
    low, high = domain
    gap = _APART * (high - low) / height
    order = sorted(range(len(values)), key=lambda place: values[place])
    apart = [gap * place for place in range(len(values))]
    # Without the gaps, what has to keep its order only: pushed up, pushed down, and the middle.
    bare = [values[place] - apart[rank] for rank, place in enumerate(order)]
    up = list(accumulate(bare, max))
    down = list(accumulate(reversed(bare), min))[::-1]
    room = high - apart[-1] if apart else high
    middle = [(one + other) / 2 for one, other in zip(up, down, strict=True)]
    placed = [min(max(each, low), max(room, low)) + apart[rank] for rank, each in enumerate(middle)]
    return [placed[order.index(place)] for place in range(len(values))]
