"""What a study of distillation found, in tables for a terminal."""

from collections.abc import Iterator, Sequence

import click

from cli.terminal import output
from stats.distillation.cells import Cell
from stats.distillation.kept import AT_LEAST
from stats.distillation.measures import PARAMETERS, SIZE, SPEAKING, SPEED, TIMES
from stats.distillation.rows import ALL, TEACHER
from stats.distillation.study import Study, Teacher
from stats.distillation.trade_offs import TradeOff
from stats.retrieval.score import DIRECTIONS

_NOTHING = "-"
_SHOWN = 5  # trade-offs


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
    seeds = ", ".join(map(str, study.seeds))
    yield (
        "The average is of shares of the teacher's, over languages and then tasks; after +- the "
        f"spread over the seeds {seeds}."
    )
    for kept in study.kept:
        if kept.is_kept:
            yield (
                f"{kept.method} keeps at least {AT_LEAST:.0%} of {kept.teacher}'s retrieval in "
                f"every language: {kept.share:.1%} in '{kept.language}', {kept.task}."
            )
    if not any(kept.is_kept for kept in study.kept):
        yield f"No method keeps {AT_LEAST:.0%} of its teacher's retrieval in every language."
    found, num = study.trade_offs.found, study.trade_offs.num_compared
    if found:
        yield f"{len(found)} of {num:,} comparisons are trade-offs that averages hide; the largest:"
        yield from (f"  {describe(each)}" for each in found[:_SHOWN])
    else:
        yield f"No trade-off that the averages hide appeared in {num:,} comparisons."
    yield from study.notes


def describe(found: TradeOff) -> str:
    where = f"{found.task} in '{found.language}'" if found.language else found.task
    return (
        f"{found.teacher}: {found.better} is better on average ({found.better_average:.3f} against "
        f"{found.worse_average:.3f}), {found.worse} in {where} ({found.worse_value:.3g} against "
        f"{found.better_value:.3g}, spread {found.spread:.2g})."
    )


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
