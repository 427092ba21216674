"""distillation.run: what was measured of every student and teacher in, one study out.

Out come study.json (`stats.distillation.study` reads it), values.csv with a number a line, and
codebook.csv with what the measures mean. Whatever was not taught or measured alike is refused.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ml import files
from ml.benchmarks import tables
from ml.benchmarks.distillation import values
from ml.benchmarks.materials import call, identify
from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets.problems import shown
from ml.progress import Progress, word
from specs.distillation import origin as distilled
from specs.distillation.origin import Distilled
from specs.kinds.distillation.distillation_run import DistillationRun
from stats.distillation.measures import MEASURES, SPEAKING
from stats.distillation.rows import TEACHER, Row
from stats.distillation.study import (
    Conditions,
    Material,
    Method,
    Student,
    Study,
    Teacher,
)

FILE = "study.json"
_COLUMNS = ("teacher", "method", "seed", "task", "measure", "language", "value", "num_items")


def join(
    spec: DistillationRun,
    *,
    teachers: Sequence[Path],
    students: Sequence[Path],
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - joining takes a moment: there is nothing to go on from
    progress: Progress,
) -> dict[str, Any]:
    progress.check()
    progress.update(0, message=word("Joining what was measured"))
    taught = [_Measured.read(path) for path in students]
    teaching = [_Measured.read(path) for path in teachers]
    study = _make(spec, teaching, taught)
    _write(out_dir, study)
    told = study.to_json()
    # A result is kept in a database: every single number is in the files.
    return {name: value for name, value in told.items() if name not in ("rows", "cells")}


@dataclass(frozen=True)
class _Measured:
    facts: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "_Measured":
        path = folder / values.FILE
        if not path.is_file():
            raise BenchmarkImpossible(
                f"'{shown(folder.name)}' holds no {values.FILE}: it is not what "
                "distillation.measure made."
            )
        return cls(json.loads(path.read_text("utf-8")))

    @property
    def name(self) -> str:
        return str(self.facts["name"])

    @property
    def digest(self) -> str:
        return str(self.facts["digest"])

    @cached_property
    def origin(self) -> Distilled:
        if self.facts["origin"] is None:
            raise BenchmarkImpossible(
                f"'{shown(self.name)}' was measured as a teacher, and is given as a student."
            )
        return Distilled.model_validate(self.facts["origin"])

    @property
    def method(self) -> str:
        return distilled.name_method(self.origin.formulations)

    def list_rows(self, teacher: str, method: str, seed: int | None) -> list[Row]:
        return [
            Row(teacher=teacher, method=method, seed=seed, **value)
            for value in self.facts["values"]
        ]


def _make(
    spec: DistillationRun, teachers: Sequence[_Measured], students: Sequence[_Measured]
) -> Study:
    _check_alike(teachers, students)
    names = _name_teachers(teachers)
    listed = [_describe_student(each, names) for each in students]
    rows = [row for each in teachers for row in each.list_rows(names[each.digest], TEACHER, None)]
    for one, each in zip(listed, students, strict=True):
        rows += each.list_rows(one.teacher, one.method, one.seed)
    return Study(
        name=spec.name or f"Students of {', '.join(names.values())}",
        conditions=_describe_conditions(students[0]),
        teachers=tuple(
            Teacher(name=names[each.digest], architecture=each.facts["family"], digest=each.digest)
            for each in teachers
        ),
        methods=tuple(_list_methods(students)),
        seeds=tuple(sorted({each.origin.seed for each in students})),
        students=tuple(listed),
        rows=tuple(rows),
        notes=tuple(dict.fromkeys(note for each in teachers for note in each.facts["notes"])),
    )


def _describe_student(student: _Measured, names: Mapping[str, str]) -> Student:
    teacher, seed = _find_teacher(names, student), student.origin.seed
    return Student(
        name=f"{teacher}: {student.method}, seed {seed}",
        digest=student.digest,
        teacher=teacher,
        method=student.method,
        seed=seed,
    )


def _describe_conditions(student: _Measured) -> Conditions:
    origin, quiz = student.origin, student.facts["quiz"]
    return Conditions(
        dataset=Material(**origin.dataset.model_dump()),
        test=Material(**student.facts["dataset"]),
        quiz=None if quiz is None else Material(**quiz),
        start=origin.start,
        steps=origin.steps,
        batch_size=origin.batch_size,
        learning_rate=origin.learning_rate,
    )


def _list_methods(students: Iterable[_Measured]) -> Iterator[Method]:
    """In the order in which they first come."""
    formulations = {each.method: each.origin.formulations for each in students}
    for label, of_method in formulations.items():
        told = tuple(each.model_dump(mode="json") for each in of_method)
        yield Method(label=label, formulations=told)


def _find_teacher(names: Mapping[str, str], student: _Measured) -> str:
    found = names.get(student.facts["teacher_digest"])
    if found is None:
        raise BenchmarkImpossible(
            f"The teacher of '{shown(student.name)}' ('{shown(student.origin.teacher.name)}') was "
            "not measured by itself: name what distillation.measure made of it."
        )
    return found


def _name_teachers(teachers: Sequence[_Measured]) -> dict[str, str]:
    """By digest; those that share a name have some of the digest behind it."""
    counted = Counter(each.name for each in teachers)
    names = {
        each.digest: each.name if counted[each.name] == 1 else f"{each.name} {each.digest[:8]}"
        for each in teachers
    }
    if len(names) < len(teachers):
        raise BenchmarkImpossible("A teacher is there twice.")
    return names


def _check_alike(teachers: Sequence[_Measured], students: Sequence[_Measured]) -> None:
    for each in teachers:
        if each.facts["origin"] is not None:
            raise BenchmarkImpossible(
                f"'{shown(each.name)}' was measured beside its teacher, and is given as a teacher."
            )
    for what, read in _LESSONS.items():
        _check_same(what, [(each, read(each.origin)) for each in students])
    for what, key in _TESTS.items():
        _check_same(what, [(each, each.facts[key]) for each in (*teachers, *students)])


_LESSONS: Mapping[str, Callable[[Distilled], Any]] = {
    "was taught on other data": lambda origin: origin.dataset.model_dump(),
    "began from other weights": lambda origin: origin.start,
    "had another number of steps": lambda origin: origin.steps,
    "had batches of another size": lambda origin: origin.batch_size,
    "had another learning rate": lambda origin: origin.learning_rate,
    "was trained with other settings": lambda origin: origin.training[:12],
}
_TESTS = {
    "was measured on another data set": "dataset",
    "was asked another quiz": "quiz",
    "was measured on another device": "device",
    "was timed in batches of another size": "batch_size",
    "was timed in another number of rounds": "rounds",
}


def _check_same(what: str, of_models: Sequence[tuple[_Measured, object]]) -> None:
    first, wanted = of_models[0]
    for each, found in of_models:
        if identify(found) != identify(wanted):
            raise BenchmarkImpossible(
                f"'{shown(each.name)}' {what} than '{shown(first.name)}' ({call(found)}, not "
                f"{call(wanted)}): they are not compared."
            )


def _write(folder: Path, study: Study) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = ({**asdict(row), "value": repr(row.value)} for row in study.rows)
    tables.write(
        folder / "values.csv",
        _COLUMNS,
        (["" if row[name] is None else row[name] for name in _COLUMNS] for row in told),
    )
    tables.write(
        folder / "codebook.csv",
        ("task", "measure", "in_averages", "definition"),
        (
            (task, name, "yes" if SPEAKING.get(task) == name else "no", each.definition)
            for (task, name), each in MEASURES.items()
        ),
    )
    # The last: who finds it finds all of them.
    files.write_json(folder / FILE, study.to_json())
