"""What a study of distillation found, in sentences that are true in every case."""

from collections.abc import Iterator, Sequence

from reports.distillation import names, places
from reports.speech import Speech
from stats.distillation import kept
from stats.distillation.measures import ZEROSHOT
from stats.distillation.rows import TEACHER
from stats.distillation.study import Study
from stats.distillation.trade_offs import TradeOff
from stats.retrieval.score import DIRECTIONS

MOST_SHOWN = 6


def summarise(study: Study, _: Speech) -> list[str]:
    return [_say_what(study, _), *_say_best(study, _), *say_kept(study, _), say_whether(study, _)]


def _say_what(study: Study, _: Speech) -> str:
    num = _.count(
        "%(num)s student of half the depth.",
        "%(num)s students of half the depth.",
        len(study.students),
    )
    grid = _(
        "Each was taught on the same data in %(steps)s steps. Methods: %(methods)s; teachers: "
        "%(teachers)s; seeds: %(seeds)s.",
        steps=_.whole(study.conditions.steps),
        methods=_.whole(len(study.methods)),
        teachers=_.whole(len(study.teachers)),
        seeds=_.whole(len(study.seeds)),
    )
    return f"{num} {grid}"


def _say_best(study: Study, _: Speech) -> Iterator[str]:
    for teacher in study.teachers:
        of_teacher = [
            each
            for each in study.averages
            if each.teacher == teacher.name and each.method != TEACHER
        ]
        if of_teacher:
            best = max(of_teacher, key=lambda each: each.mean)
            yield _(
                "Under %(teacher)s, %(method)s keeps the most on average: %(share)s of the "
                "teacher's.",
                teacher=teacher.name,
                method=best.method,
                share=_.percent(best.mean, 1),
            )


def say_kept(study: Study, _: Speech) -> Iterator[str]:
    """Which methods keep the teacher's retrieval in every language."""
    least = _.percent(kept.AT_LEAST)
    for teacher in study.teachers:
        found = [each for each in study.kept if each.teacher == teacher.name]
        if not found:
            continue
        keeping = [each.method for each in found if each.is_kept]
        if keeping:
            yield _.count(
                "%(num)s method keeps at least %(least)s of the retrieval of %(teacher)s in every "
                "language and in both directions: %(methods)s.",
                "%(num)s methods keep at least %(least)s of the retrieval of %(teacher)s in every "
                "language and in both directions: %(methods)s.",
                len(keeping),
                least=least,
                teacher=teacher.name,
                methods=", ".join(keeping),
            )
            continue
        nearest = max(found, key=lambda each: each.share)
        yield _(
            "No method keeps at least %(least)s of the retrieval of %(teacher)s in every language; "
            "%(method)s comes nearest, with %(share)s (%(place)s).",
            least=least,
            teacher=teacher.name,
            method=nearest.method,
            share=_.percent(nearest.share, 1),
            place=names.say_place(nearest.task, nearest.language, _),
        )


def say_whether(study: Study, _: Speech) -> str:
    """Whether an average hides anything, and in how many places that was looked for."""
    found = study.trade_offs
    looked = _.whole(found.num_compared)
    if len(study.seeds) < 2:  # noqa: PLR2004 - one says nothing of a spread
        return _("With one seed nothing can be told of what the average hides.")
    if not found.found:
        return _(
            "No trade-off appeared that the average hides: in none of %(num)s comparisons of two "
            "methods in one place is the one that is worse on average better by more than the "
            "seeds differ.",
            num=looked,
        )
    return _.count(
        "The average hides %(num)s trade-off, in %(looked)s comparisons of two methods in one "
        "place.",
        "The average hides %(num)s trade-offs, in %(looked)s comparisons of two methods in one "
        "place.",
        len(found.found),
        looked=looked,
    )


def list_trade_offs(study: Study, _: Speech) -> list[str]:
    """The largest first; those that are left out are counted."""
    found = study.trade_offs.found
    said = [_say_trade_off(each, study, _) for each in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        said.append(
            _.count(
                "%(num)s more is in the files.", "%(num)s more are in the files.",
                len(found) - MOST_SHOWN,
            )
        )  # fmt: skip
    return said


def _say_trade_off(each: TradeOff, study: Study, _: Speech) -> str:
    several = len(study.teachers) > 1
    values = {
        "better": each.better,
        "worse": each.worse,
        "better_average": _.percent(each.better_average, 1),
        "worse_average": _.percent(each.worse_average, 1),
        "place": names.say_place(each.task, each.language, _),
        "better_value": names.say_value(each.task, each.better_value, _),
        "worse_value": names.say_value(each.task, each.worse_value, _),
        "spread": names.say_value(each.task, each.spread, _),
        "teacher": each.teacher,
    }
    if several:
        return _(
            "%(teacher)s: on average %(better)s keeps more than %(worse)s (%(better_average)s "
            "against %(worse_average)s); %(place)s: %(worse)s has %(worse_value)s and %(better)s "
            "%(better_value)s, where seeds differ by %(spread)s.",
            **values,
        )
    return _(
        "On average %(better)s keeps more than %(worse)s (%(better_average)s against "
        "%(worse_average)s); %(place)s: %(worse)s has %(worse_value)s and %(better)s "
        "%(better_value)s, where seeds differ by %(spread)s.",
        **values,
    )


def say_rule(_: Speech) -> str:
    return _(
        "A trade-off is told where the method that is worse on average is better in a place (a "
        "task in one language, or as a whole), by more than the larger of both spreads over seeds "
        "and by more than one query or question is worth. Where many places are compared, some are "
        "beyond the spread by chance."
    )


def compare_published(study: Study, _: Speech) -> list[str]:
    """The findings that were published, and what was found here."""
    return [
        _(
            "Published (arXiv 2510.26271): distributional replication (DR) is the best for "
            "retrieval, the English control (ED) for questions about pictures, and what "
            "combinations give depends on the task."
        ),
        *_say_best_of_tasks(study, _),
    ]


def _say_best_of_tasks(study: Study, _: Speech) -> Iterator[str]:
    for teacher in study.teachers:
        tasks = places.list_tasks(study, teacher.name, (*DIRECTIONS, ZEROSHOT))
        best = [_name_best(study, teacher.name, task, _) for task in tasks]
        if best:
            yield _(
                "Here, under %(teacher)s, the best are: %(best)s.",
                teacher=teacher.name,
                best="; ".join(best),
            )


def _name_best(study: Study, teacher: str, task: str, _: Speech) -> str:
    cells = [
        cell
        for method in places.list_methods(study)[1:]
        if (cell := places.find_whole(study, teacher, method, task))
    ]
    best = max(cells, key=lambda cell: cell.mean)
    return f"{names.say_task(task, _)}: {best.method} ({names.say_value(task, best.mean, _)})"


def list_limits(study: Study, _: Speech) -> Sequence[str]:
    return [
        _(
            "The spread over seeds says how training varies. It does not say how other questions, "
            "pictures or languages would change the numbers: there are no intervals here."
        ),
        _("Languages whose pools differ in size cannot be compared with each other."),
        *study.notes,
    ]
