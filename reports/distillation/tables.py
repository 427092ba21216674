"""The tables of a study of distillation, the same for a page and for print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.distillation import names, places
from reports.speech import Speech
from stats.distillation.measures import (
    BYTES,
    PARAMETERS,
    PER_SECOND,
    SIZE,
    SPEED,
    TIMES,
    ZEROSHOT,
)
from stats.distillation.rows import ALL, TEACHER
from stats.distillation.study import Study
from stats.retrieval.score import DIRECTIONS

_MEBI = 2**20


@dataclass(frozen=True, kw_only=True)
class Table:
    """The first column names the rows; the others hold numbers."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(cell for row in self.rows for cell in row[1:])


def list_tables(study: Study, teacher: str, _: Speech) -> list[Table]:
    made = (tabulate_tasks, tabulate_vectors, tabulate_costs)
    return [table for make in made if not (table := make(study, teacher, _)).is_empty]


def tabulate_tasks(study: Study, teacher: str, _: Speech) -> Table:
    """What students find and answer, and the one average."""
    average = {
        each.method: _.percent(each.mean, 1)
        for each in study.averages
        if each.teacher == teacher and each.method != TEACHER
    }
    found = _tabulate(study, teacher, (*DIRECTIONS, ZEROSHOT), _)
    return Table(
        title=_("What is found and answered"),
        header=(found.header[0], _("Average"), *found.header[1:]),
        rows=[
            (row[0], average.get(method, ""), *row[1:])
            for method, row in zip(places.list_methods(study), found.rows, strict=True)
        ],
        note=_(
            "The mean over seeds, in brackets the share of the teacher's, then the smallest and "
            "the largest seed. The average is that of the shares, over the languages of a task and "
            "then over tasks; it hides what follows."
        ),
    )


def tabulate_vectors(study: Study, teacher: str, _: Speech) -> Table:
    found = _tabulate(study, teacher, places.OF_VECTORS, _)
    return Table(title=_("How the vectors lie"), header=found.header, rows=found.rows)


def _tabulate(study: Study, teacher: str, tasks: Sequence[str], _: Speech) -> Table:
    there = places.list_tasks(study, teacher, tasks)
    return Table(
        title="",
        header=(_("Method"), *(names.say_task(task, _) for task in there)),
        rows=[
            (
                names.say_method(method, _),
                *(
                    names.say_cell(places.find_whole(study, teacher, method, task), _)
                    for task in there
                ),
            )
            for method in places.list_methods(study)
        ],
    )


def tabulate_costs(study: Study, teacher: str, _: Speech) -> Table:
    """Size and speed; of what was not measured no column."""
    columns: Sequence[tuple[str, tuple[str, str], Callable[[float], str]]] = (
        (_("Parameters"), (SIZE, PARAMETERS), _.whole),
        (_("Size, MiB"), (SIZE, BYTES), lambda value: _.number(value / _MEBI, 1)),
        (
            _("Pictures a second"),
            (SPEED, PER_SECOND["pictures"]),
            lambda value: _.number(value, 1),
        ),
        (_("Texts a second"), (SPEED, PER_SECOND["texts"]), lambda value: _.number(value, 1)),
        (
            _("Times the teacher's, pictures"),
            (SPEED, TIMES["pictures"]),
            lambda value: _.number(value, 2),
        ),
        (
            _("Times the teacher's, texts"),
            (SPEED, TIMES["texts"]),
            lambda value: _.number(value, 2),
        ),
    )
    methods = places.list_methods(study)
    said = [
        (
            head,
            [
                say(cell.mean) if (cell := study.find(teacher, method, (*measure, ALL))) else ""
                for method in methods
            ],
        )
        for head, measure, say in columns
    ]
    there = [(head, cells) for head, cells in said if any(cells)]
    return Table(
        title=_("Size and speed"),
        header=(_("Method"), *(head for head, _cells in there)),
        rows=[
            (names.say_method(method, _), *(cells[place] for _head, cells in there))
            for place, method in enumerate(methods)
        ],
        note=_(
            "Speed is that of the machine that measured, teacher and student in the same rounds "
            "by turns; how many times the teacher's carries over to others better than how many a "
            "second."
        ),
    )
