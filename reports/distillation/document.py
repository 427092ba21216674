"""A study of distillation on paper: the same charts, tables and sentences as on its page."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from babel.dates import format_date

from reports.charts.look import Chart
from reports.distillation import conditions, formulas, matrix, slopes, tables, words
from reports.pdf import blocks
from reports.pdf.blocks import Block, Section
from reports.pdf.document import Head, lay_out
from reports.pdf.printing import draw_document, print_document
from reports.speech import Speech
from stats.distillation.study import Study


def make(study: Study, date: dt.date, version: str, language: str = "en") -> bytes:
    return print_document(compose(study, date, version, Speech(language)), date)


def draw_pages(study: Study, date: dt.date, version: str, language: str = "en") -> list[bytes]:
    """The pages as PNG, to look at."""
    return draw_document(compose(study, date, version, Speech(language)), date)


def compose(study: Study, date: dt.date, version: str, _: Speech) -> dict[str, Any]:
    teachers = ", ".join(each.name for each in study.teachers)
    dated = format_date(date, format="long", locale=_.code)
    head = Head(
        kind=_("Study of distillation"),
        title=study.name,
        subtitle=f"{teachers} · {dated}",
        date=date,
        app_version=version,
    )
    return lay_out(head, list(_compose_front(study, _)), _list_sections(study, _), _)


def _compose_front(study: Study, _: Speech) -> Iterator[Block]:
    yield blocks.lead([*words.summarise(study, _), formulas.say_whose(_)])
    chart = matrix.draw(study, study.teachers[0].name, _)
    if chart is not None:
        yield from _picture(chart)


def _list_sections(study: Study, _: Speech) -> list[Section]:
    return [
        _describe_conditions(study, _),
        *(
            section
            for teacher in study.teachers
            for section in _describe_teacher(study, teacher.name, _)
        ),
        _describe_trade_offs(study, _),
        _describe_methods(study, _),
        Section(
            title=_("What was published"),
            blocks=(blocks.bullets(words.compare_published(study, _)),),
        ),
        Section(
            title=_("What this report cannot tell"),
            blocks=(blocks.bullets(words.list_limits(study, _)),),
        ),
    ]


def _describe_conditions(study: Study, _: Speech) -> Section:
    return Section(
        title=_("The same for every student"),
        blocks=(
            blocks.facts(conditions.list_conditions(study, _)),
            blocks.heading(_("What the tasks are")),
            blocks.bullets(conditions.explain_tasks(study, _)),
        ),
    )


def _describe_teacher(study: Study, teacher: str, _: Speech) -> Iterator[Section]:
    chart = matrix.draw(study, teacher, _)
    if chart is not None and teacher != study.teachers[0].name:
        yield Section(
            title=_("%(teacher)s: every method in every task", teacher=teacher),
            blocks=tuple(_picture(chart)),
        )
    yield Section(
        title=_("%(teacher)s: what was measured", teacher=teacher),
        blocks=tuple(_tabulate(tables.list_tables(study, teacher, _))),
    )
    slope = slopes.draw(study, teacher, _)
    if slope is not None:
        yield Section(
            title=_("%(teacher)s: language by language", teacher=teacher),
            blocks=(*_picture(slope), _as_table(slope.header, slope.rows)),
        )


def _tabulate(made: Sequence[tables.Table]) -> Iterator[Block]:
    for table in made:
        yield blocks.heading(table.title)
        yield _as_table(table.header, table.rows)
        if table.note:
            yield blocks.note(table.note)


def _as_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    return blocks.table(header, rows, "l" + "w" * (len(header) - 1))


def _picture(chart: Chart) -> Iterator[Block]:
    yield blocks.picture(chart)
    yield blocks.note(chart.note)


def _describe_trade_offs(study: Study, _: Speech) -> Section:
    return Section(
        title=_("What the average hides"),
        blocks=(
            blocks.text(words.say_whether(study, _)),
            blocks.bullets(words.list_trade_offs(study, _)),
            blocks.note(words.say_rule(_)),
        ),
    )


def _describe_methods(study: Study, _: Speech) -> Section:
    made: list[Block] = [blocks.text(formulas.say_whose(_))]
    for explained in formulas.explain(study, _):
        made.append(blocks.heading(explained.method))
        for each in explained.formulas:
            settings = ", ".join(f"{name}: {value}" for name, value in each.settings)
            made += [
                blocks.text(f"{each.label}. {each.summary}"),
                blocks.code(each.formula),
                blocks.note(settings),
            ]
    return Section(title=_("What each method makes small"), blocks=tuple(made))
