"""A study of distillation: teachers x methods x seeds under the same data, order and steps. It is a
recipe whose few open places are the fields here: teach every student, measure it, and join all.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Annotated, Any, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from specs.distillation import origin as distilled
from specs.distillation.registry import FORMULATIONS
from specs.grids.grid import Grid
from specs.grids.methods import Method, read_method
from specs.inputs import Input
from specs.job import Device
from specs.kinds.model import training
from specs.kinds.model.model_distill import Start
from specs.recipe import Recipe, Step

JOIN = "study"
_CHECK = "check"
_MOST_STUDENTS = 200
_LONGEST_NAME = 120  # of a model
Reference = Annotated[str, Field(min_length=1, max_length=2000)]


class DistillationStudy(Grid):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Ways",
                    "teachers": ["clip"],
                    "dataset": "Captions",
                    "test": "Other captions",
                    "methods": ["dr", "0.5 ed + dr"],
                    "seeds": [0, 1],
                }
            ]
        }
    )

    label: ClassVar[str] = "Compare ways to distil"
    summary: ClassVar[str] = (
        "Teaches students of half the depth by every method, of every teacher and with every seed, "
        "under the same data and steps, measures them beside their teachers, and shows what an "
        "average hides."
    )
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="teachers", what="model", use="vectors", many=True),
        Input(name="dataset", what="dataset"),
        Input(name="test", what="dataset"),
        Input(name="quiz", what="quiz", required=False),
    )
    essentials: ClassVar[tuple[str, ...]] = (
        *("name", "teachers", "dataset", "test", "quiz", "methods", "seeds", "start"),
        *("steps", "batch_size", "learning_rate"),
    )

    name: str = Field(
        min_length=1,
        max_length=80,
        title="Name",
        description="Of the study; its students are called by it too.",
    )
    teachers: tuple[Reference, ...] = Field(
        min_length=1,
        max_length=10,
        title="Teachers",
        description="CLIP, SigLIP or SigLIP2 models. They are not changed.",
    )
    dataset: str = Field(
        min_length=1,
        max_length=2000,
        title="Data set",
        description="What students are taught on: pictures with captions in several languages.",
    )
    test: str = Field(
        min_length=1,
        max_length=2000,
        title="Test data set",
        description="What all are measured on: other pictures with captions in several languages.",
    )
    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="Questions with options about other pictures: out of domain. Empty: none.",
    )
    methods: tuple[Method, ...] = Field(
        default=tuple(FORMULATIONS),
        min_length=1,
        max_length=40,
        title="Methods",
        description="A formulation, or several with weights, such as 0.5 ed + dr.",
    )
    seeds: tuple[Annotated[int, Field(ge=0, le=2**32 - 1)], ...] = Field(
        default=(0, 1),
        min_length=1,
        max_length=20,
        title="Seeds",
        description="Each decides an order of the data, the same one for every method. With one "
        "alone, nothing can be told from chance.",
    )
    start: Start = Field(
        default="every-other",
        title="Start",
        description="From every other layer of the teacher, or from fresh weights.",
    )
    steps: int = Field(
        default=1000,
        ge=1,
        le=10_000_000,
        title="Steps",
        description="Optimiser steps of every student.",
    )
    batch_size: int = Field(
        default=64,
        ge=2,
        le=65_536,
        title="Batch size",
        description="Pictures per optimiser step, each with all its captions.",
    )
    accumulation: training.Accumulation = 1
    learning_rate: training.LearningRate = 1e-4
    warmup_steps: training.WarmupSteps = 0
    precision: training.PrecisionName = "fp32"
    device: Device = Field(
        default="auto",
        title="Device",
        description="Where students are measured; they are taught on a GPU if there is any.",
    )

    @model_validator(mode="after")
    def _check_grid(self) -> Self:
        # The order of a sum says nothing.
        methods = [sorted(label.split(" + ")) for label in self.labels]
        listed: dict[str, tuple[Sequence[Any], Sequence[Any]]] = {
            "teacher": (self.teachers, self.teachers),
            "method": (methods, self.labels),
            "seed": (self.seeds, self.seeds),
        }
        for what, (given, said) in listed.items():
            twice = next((at for at, each in enumerate(given) if given.index(each) < at), None)
            if twice is not None:
                raise ValueError(f"The {what} '{said[twice]}' is there twice.")
        num = len(self.teachers) * len(self.methods) * len(self.seeds)
        if num > _MOST_STUDENTS:
            raise ValueError(f"That makes {num} students; at most {_MOST_STUDENTS} are compared.")
        return self

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        grid = product(range(1, len(self.teachers) + 1), range(len(self.methods)), self.seeds)
        longest = max((self._name_student(*each) for each in grid), key=len)
        if len(longest) > _LONGEST_NAME:
            raise ValueError(
                f"A student would be called '{longest}', which is longer than {_LONGEST_NAME} "
                "characters: give the study a shorter name."
            )
        return self

    @model_validator(mode="after")
    def _check_test(self) -> Self:
        if self.dataset == self.test:
            raise ValueError("Students would be measured on what they were taught on.")
        return self

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        training.check_parts(self.batch_size, self.accumulation, num_processes=1)
        return self

    @property
    def labels(self) -> list[str]:
        """Of the methods, as tables call them."""
        return [distilled.name_method(read_method(each)) for each in self.methods]

    def to_recipe(self) -> Recipe:
        return Recipe(name=self.name, steps=tuple(self._list_steps()))

    def _list_steps(self) -> Iterator[Step]:
        """What can be refused comes first: data that do not have what a method needs, and teachers
        that cannot be measured, are known before a student is taught. Students do not wait for the
        check, which would make them others wherever a method is added, and go on where it fails
        unless somebody cancels them; the study does wait.
        """
        yield Step(name=_CHECK, kind="distillation.check", spec=self._describe_needs())
        teachers = range(1, len(self.teachers) + 1)
        grid = list(product(teachers, range(1, len(self.methods) + 1), self.seeds))
        for teacher in teachers:
            spec = {"model": self.teachers[teacher - 1], **self._measuring}
            yield Step(name=f"measure-{teacher}", kind="distillation.measure", spec=spec)
        for teacher in teachers:
            spec = {"teacher": self.teachers[teacher - 1], "dataset": self.dataset}
            yield Step(name=f"prepare-{teacher}", kind="distillation.prepare", spec=spec)
        for place in grid:
            yield from self._list_steps_of_student(*place)
        needs = {f"teachers-{each}": f"measure-{each}" for each in teachers}
        needs |= {
            f"students-{number}": f"measure-{teacher}-{method}-{seed}"
            for number, (teacher, method, seed) in enumerate(grid, 1)
        }
        yield Step(
            name=JOIN,
            kind="distillation.run",
            spec={"name": self.name},
            needs=needs,
            after=(_CHECK,),
        )

    def _list_steps_of_student(self, teacher: int, method: int, seed: int) -> Iterator[Step]:
        place = f"{teacher}-{method}-{seed}"
        yield Step(
            name=f"distil-{place}",
            kind="model.distill",
            spec=self._describe_teaching(teacher, method, seed),
            needs={"material": f"prepare-{teacher}"},
        )
        yield Step(
            name=f"measure-{place}",
            kind="distillation.measure",
            spec={"teacher": self.teachers[teacher - 1], **self._measuring},
            needs={"model": f"distil-{place}"},
        )

    def _describe_needs(self) -> dict[str, Any]:
        """Of all methods, each formulation once whatever its weight."""
        found = [
            each.model_copy(update={"weight": 1.0}).model_dump(mode="json")
            for method in self.methods
            for each in read_method(method)
        ]
        needed = [each for place, each in enumerate(found) if each not in found[:place]]
        return {
            "dataset": self.dataset,
            "formulations": needed,
            "batch_size": self.batch_size,
        }

    @property
    def _measuring(self) -> dict[str, Any]:
        return {"dataset": self.test, "quiz": self.quiz, "device": self.device}

    def _name_student(self, teacher: int, method: int, seed: int) -> str:
        which = f"{teacher}, " if len(self.teachers) > 1 else ""
        return f"{self.name}: {which}{self.labels[method]}, seed {seed}"

    def _describe_teaching(self, teacher: int, method: int, seed: int) -> dict[str, Any]:
        """The same but for what is compared."""
        formulations = read_method(self.methods[method - 1])
        return {
            "name": self._name_student(teacher, method - 1, seed),
            "teacher": self.teachers[teacher - 1],
            "dataset": self.dataset,
            "formulations": [each.model_dump(mode="json") for each in formulations],
            "start": self.start,
            "max_steps": self.steps,
            "batch_size": self.batch_size,
            "accumulation": self.accumulation,
            "learning_rate": self.learning_rate,
            "warmup_steps": self.warmup_steps,
            "precision": self.precision,
            "seed": seed,
        }
