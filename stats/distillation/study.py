"""A study of distillation as one value: what was compared under which conditions, and every number.

What follows from the numbers (cells, averages, what is kept, trade-offs) is computed from the rows
and never stored beside them as another truth: the JSON holds it for other programs, and reading
takes the rows. Rows are in the order in which methods, tasks and languages are to be shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from stats.distillation import averages, cells, kept, trade_offs
from stats.distillation.averages import Average
from stats.distillation.cells import Cell
from stats.distillation.kept import Kept
from stats.distillation.rows import ALL, TEACHER, Row, StudyUnfit
from stats.distillation.trade_offs import TradeOffs

SHAPE = 1  # of the JSON: no other is read


@dataclass(frozen=True, kw_only=True)
class Material:
    """A data set or a quiz."""

    name: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What is the same for every student."""

    dataset: Material  # taught on
    test: Material  # measured on
    quiz: Material | None  # asked, out of domain
    start: str
    steps: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Teacher:
    name: str
    architecture: str  # as people call its family, such as SigLIP2
    digest: str


@dataclass(frozen=True, kw_only=True)
class Method:
    """`formulations`: each as its specification is written in JSON, with its weight and settings;
    several are a combination.
    """

    label: str
    formulations: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Student:
    name: str
    digest: str
    teacher: str
    method: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Study:
    name: str
    conditions: Conditions
    teachers: tuple[Teacher, ...]
    methods: tuple[Method, ...]
    seeds: tuple[int, ...]
    students: tuple[Student, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()  # what a reader must know, in whole sentences

    def __post_init__(self) -> None:
        wanted = {
            (teacher.name, method.label, seed)
            for teacher in self.teachers
            for method in self.methods
            for seed in self.seeds
        }
        there = {(each.teacher, each.method, each.seed) for each in self.students}
        if len(there) < len(self.students):
            raise StudyUnfit("Two students have the same teacher, method and seed.")
        for teacher, method, seed in sorted(wanted - there):
            raise StudyUnfit(
                f"The grid has a gap: no student of '{teacher}' by '{method}' with the seed {seed}."
            )
        known = {(teacher, method) for teacher, method, _ in wanted}
        known |= {(teacher.name, TEACHER) for teacher in self.teachers}
        for row in self.rows:
            if (row.teacher, row.method) not in known:
                raise StudyUnfit(
                    f"There are numbers of '{row.method}' under '{row.teacher}', which the study "
                    "does not have."
                )
        if not self.cells:  # which also checks the seeds of the rows
            raise StudyUnfit("The study holds no numbers.")

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cells.summarise(self.rows, self.seeds))

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str, tuple[str, str, str]], Cell]:
        return {(cell.teacher, cell.method, cell.place): cell for cell in self.cells}

    @cached_property
    def averages(self) -> tuple[Average, ...]:
        return tuple(averages.average(self.cells))

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        return tuple(kept.find(self.cells))

    @cached_property
    def trade_offs(self) -> TradeOffs:
        return trade_offs.find(self.cells, self.averages)

    @property
    def languages(self) -> tuple[str, ...]:
        """In the order of the rows."""
        return tuple(dict.fromkeys(row.language for row in self.rows if row.language != ALL))

    def find(self, teacher: str, method: str, place: tuple[str, str, str]) -> Cell | None:
        """`place`: task, measure and language."""
        return self._by_place.get((teacher, method, place))

    def to_json(self) -> dict[str, Any]:
        return {
            "shape": SHAPE,
            "name": self.name,
            "conditions": asdict(self.conditions),
            "teachers": [asdict(each) for each in self.teachers],
            "methods": [
                {"label": each.label, "formulations": [dict(one) for one in each.formulations]}
                for each in self.methods
            ],
            "seeds": list(self.seeds),
            "languages": list(self.languages),
            "students": [asdict(each) for each in self.students],
            "rows": [row.to_json() for row in self.rows],
            "cells": [each.to_json() for each in self.cells],
            "averages": [each.to_json() for each in self.averages],
            "kept": [each.to_json() for each in self.kept],
            "trade_offs": self.trade_offs.to_json(),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        if read.get("shape") != SHAPE:
            raise StudyUnfit(
                f"This is a study of distillation of the shape {read.get('shape')}; only "
                f"{SHAPE} is read here."
            )
        return cls(
            name=read["name"],
            conditions=_read_conditions(read["conditions"]),
            teachers=tuple(Teacher(**each) for each in read["teachers"]),
            methods=tuple(_read_methods(read["methods"])),
            seeds=tuple(read["seeds"]),
            students=tuple(Student(**each) for each in read["students"]),
            rows=tuple(Row.from_json(each) for each in read["rows"]),
            notes=tuple(read["notes"]),
        )


def _read_conditions(read: Mapping[str, Any]) -> Conditions:
    materials = {
        name: None if read[name] is None else Material(**read[name])
        for name in ("dataset", "test", "quiz")
    }
    return Conditions(**{**read, **materials})


def _read_methods(read: Sequence[Mapping[str, Any]]) -> list[Method]:
    return [Method(label=each["label"], formulations=tuple(each["formulations"])) for each in read]
