"""What a study of distillation found, in tables for a terminal."""

from collections.abc import Iterator, Sequence

import click

from cli.terminal import output
from reports.distillation import words
from reports.speech import Speech
from stats.distillation.cells import Cell
from stats.distillation.measures import PARAMETERS, SIZE, SPEAKING, SPEED, TIMES
from stats.distillation.rows import ALL, TEACHER
from stats.distillation.study import Study, Teacher
from stats.retrieval.score import DIRECTIONS

_NOTHING = "-"


def show(study: Study) -> None:
    for teacher in study.teachers:
        click.echo(f"{teacher.name} ({teacher.architecture}):")
        tasks = [task for task in SPEAKING if _find(study, teacher, TEACHER, task) is not None]
        header = ("method", "average", *tasks, "smaller by", "faster by")
        output.print_table(header, list(_list_tasks(study, teacher, tasks)))
        click.echo()
        for direction in DIRECTIONS:
            header = (f"{SPEAKING[direction]}, {direction}", *study.languages)
            output.print_table(header, list(_list_languages(study, teacher, direction)))
            click.echo()
    for sentence in explain(study):
        click.echo(sentence)


def explain(study: Study) -> Iterator[str]:
    """In the very sentences of the page and of the report."""
    speech = Speech("en")
    seeds = ", ".join(map(str, study.seeds))
    yield (
        "The average is of shares of the teacher's, over languages and then tasks; after +- the "
        f"spread over the seeds {seeds}."
    )
    yield from words.say_kept(study, speech)
    yield words.say_whether(study, speech)
    yield from (f"  {each}" for each in words.list_trade_offs(study, speech))
    yield from study.notes


def _list_methods(study: Study) -> list[str]:
    return [TEACHER, *(method.label for method in study.methods)]


def _find(
    study: Study, teacher: Teacher, method: str, task: str, language: str = ALL
) -> Cell | None:
    return study.find(teacher.name, method, (task, SPEAKING[task], language))


def _list_tasks(study: Study, teacher: Teacher, tasks: Sequence[str]) -> Iterator[tuple[str, ...]]:
    averages = {(each.teacher, each.method): each for each in study.averages}
    for method in _list_methods(study):
        average = averages.get((teacher.name, method))
        size = study.find(teacher.name, method, (SIZE, PARAMETERS, ALL))
        speed = study.find(teacher.name, method, (SPEED, TIMES["texts"], ALL))
        yield (
            method,
            _NOTHING if average is None else _say(average.mean, average.spread),
            *(_say_cell(_find(study, teacher, method, task)) for task in tasks),
            _NOTHING if size is None or not size.share else f"{1 / size.share:.2f}",
            _NOTHING if speed is None else f"{speed.mean:.2f}",
        )


def _list_languages(study: Study, teacher: Teacher, direction: str) -> Iterator[tuple[str, ...]]:
    for method in _list_methods(study):
        cells = [_find(study, teacher, method, direction, each) for each in study.languages]
        yield method, *map(_say_cell, cells)


def _say_cell(cell: Cell | None) -> str:
    return _NOTHING if cell is None else _say(cell.mean, cell.spread)


def _say(value: float, spread: float | None) -> str:
    return f"{value:.3g}" if spread is None else f"{value:.3g} +-{spread:.2g}"
