"""The distillation study in the sandbox: all five formulations, two seeds, students of half the
depth, beside their teachers.

Limit: at least one method keeps at least 95 % of its teacher's retrieval in every language. A
trade-off that the averages hide is looked for, and it is told whether one appeared. That it takes
at most about a quarter of an hour is no limit, as machines differ; when it takes more, that is
said.
"""

import sys
from collections.abc import Iterator, Sequence

from benchmarks import _sandbox
from benchmarks._sandbox import Limit
from cli.plain.distillation import showing
from stats.distillation.kept import AT_LEAST
from stats.distillation.measures import SPEAKING
from stats.distillation.rows import ALL, TEACHER
from stats.distillation.study import Study, Teacher

ABOUT_MINUTES = 15


def main() -> None:
    small = _sandbox.is_small(__doc__)
    words = ("--teachers", "sandbox-clip") if small else ()
    facts, minutes = _sandbox.carry_out("distill", *words, small=small)
    sys.exit(not report(Study.from_json(facts), minutes) and not small)


def report(study: Study, minutes: float) -> bool:
    print("## sandbox_distill: ways to distil in the drawn world\n")
    told = study.conditions
    print(
        f"`ggez sandbox distill --json`: {_sandbox.say_minutes(minutes, ABOUT_MINUTES)} Students "
        f"of half the depth ({told.start}), {told.steps} steps of {told.batch_size} pictures with "
        f"all their captions, seeds {', '.join(map(str, study.seeds))}.\n"
    )
    for teacher in study.teachers:
        _sandbox.print_table(
            (f"{teacher.architecture}, mean over seeds", "average", *SPEAKING, "least kept"),
            _list_rows(study, teacher),
        )
        print()
    for sentence in showing.explain(study):
        print(f"- {sentence.strip()}")
    print()
    return check(study)


def check(study: Study) -> bool:
    best = max(study.kept, key=lambda kept: kept.share)
    what = (
        f"retrieval that {best.method} keeps of {best.teacher}'s, in its worst language and "
        "direction"
    )
    return _sandbox.check([Limit(what=what, found=best.share, limit=AT_LEAST)])


def _list_rows(study: Study, teacher: Teacher) -> Iterator[Sequence[str]]:
    averages = {(each.teacher, each.method): each for each in study.averages}
    kept = {(each.teacher, each.method): each for each in study.kept}
    for method in (TEACHER, *(each.label for each in study.methods)):
        cells = [
            study.find(teacher.name, method, (task, measure, ALL))
            for task, measure in SPEAKING.items()
        ]
        least = kept.get((teacher.name, method))
        yield (
            method,
            f"{averages[teacher.name, method].mean:.3f}",
            *("-" if cell is None else f"{cell.mean:.3g}" for cell in cells),
            "-" if least is None else f"{least.share:.1%} ({least.language})",
        )


if __name__ == "__main__":
    main()
