"""distillation.run: measured models in, one study out; what was not done alike is refused."""

import csv
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ml.benchmarks.distillation import values
from ml.benchmarks.distillation.joining import FILE, join
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Silent
from specs.kinds.distillation.distillation_run import DistillationRun
from stats.distillation.measures import MEASURES
from stats.distillation.rows import StudyUnfit
from stats.distillation.study import Study

from .conftest import Look, Measured, Teach

Join = Callable[..., dict[str, Any]]


@pytest.fixture
def run(of_teacher: Measured, grid: Sequence[Path], tmp_path: Path) -> Join:
    def call(
        teachers: Sequence[Path] = (of_teacher.folder,), students: Sequence[Path] = tuple(grid)
    ) -> dict[str, Any]:
        return join(
            DistillationRun(name="Two ways"), teachers=teachers, students=students,
            out_dir=tmp_path / "out", state_dir=tmp_path / "state", progress=Silent(),
        )  # fmt: skip

    return call


def change(measured: Path, into: Path, **changes: Any) -> Path:
    """The same, but for these facts; `origin.` before those of how it was taught."""
    shutil.copytree(measured, into)
    facts = json.loads((into / values.FILE).read_text("utf-8"))
    for name, value in changes.items():
        part, _, rest = name.partition("__")
        if rest:
            facts[part][rest] = value
        else:
            facts[name] = value
    (into / values.FILE).write_text(json.dumps(facts), "utf-8")
    return into


def test_the_study_is_read_back_whole(run: Join, tmp_path: Path, of_teacher: Measured) -> None:
    told = run()
    study = Study.from_json(json.loads((tmp_path / "out" / FILE).read_text("utf-8")))
    assert [each.label for each in study.methods] == ["FD", "ED"]
    assert study.seeds == (0, 1)
    assert study.languages == ("en", "id", "th")
    (teacher,) = study.teachers
    assert (teacher.name, teacher.architecture) == ("clip", "CLIP")
    assert (study.conditions.steps, study.conditions.batch_size) == (2, 4)
    cell = study.find("clip", "teacher", ("purity", "purity", ""))
    assert cell is not None
    assert cell.mean == of_teacher.find("purity", "purity")
    assert told["averages"] == [each.to_json() for each in study.averages]
    assert not {"rows", "cells"} & set(told)


def test_every_number_is_in_the_table_and_explained_in_the_codebook(
    run: Join, tmp_path: Path, grid: Sequence[Path]
) -> None:
    run()
    tables = {}
    for name in ("values.csv", "codebook.csv"):
        with (tmp_path / "out" / name).open(encoding="utf-8") as file:
            tables[name] = list(csv.DictReader(file))
    measured = json.loads((grid[0] / values.FILE).read_text("utf-8"))["values"]
    own = [row for row in tables["values.csv"] if (row["method"], row["seed"]) == ("FD", "0")]
    assert [float(row["value"]) for row in own] == [each["value"] for each in measured]
    explained = {(row["task"], row["measure"]) for row in tables["codebook.csv"]}
    assert explained == set(MEASURES)


def test_a_gap_in_the_grid_is_named(run: Join, grid: Sequence[Path]) -> None:
    with pytest.raises(StudyUnfit, match="no student of 'clip' by 'ED' with the seed 1"):
        run(students=grid[:3])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"origin__steps": 3},
            r"had another number of steps than .* \(3, not 2\): they are not compared",
        ),
        ({"origin__start": "fresh"}, "began from other weights than"),
        ({"origin__batch_size": 5}, "batches of another size"),
        ({"origin__learning_rate": 0.5}, "another learning rate"),
        ({"origin__training": "x"}, "trained with other settings"),
        (
            {"origin__dataset": {"name": "x", "digest": "x"}},
            r"was taught on other data than .* \('x' \(x\), not 'Plates' \(",
        ),
        ({"dataset": {"name": "x", "digest": "x"}}, "was measured on another data set"),
        ({"quiz": None}, r"was asked another quiz than .* \(none, not "),
        ({"device": "cuda"}, "measured on another device"),
        ({"batch_size": 5}, "timed in batches of another size"),
        ({"rounds": 5}, "timed in another number of rounds"),
        ({"teacher_digest": "x"}, "was not measured by itself"),
        ({"origin": None}, "measured as a teacher, and is given as a student"),
    ],
)
def test_what_was_not_done_alike_is_refused(
    changes: dict[str, Any], sentence: str, run: Join, grid: Sequence[Path], tmp_path: Path
) -> None:
    other = change(grid[-1], tmp_path / "changed", **changes)
    with pytest.raises(BenchmarkImpossible, match=sentence):
        run(students=[*grid[:-1], other])


def test_a_student_taught_in_another_precision_is_refused_and_one_taught_in_parts_is_not(
    run: Join, grid: Sequence[Path], teach: Teach, look: Look, teacher: Path
) -> None:
    """The last one of the grid, taught once more."""
    last = {"formulations": ["ed"], "seed": 1}
    in_parts = look(teach(**last, accumulation=2), teacher).folder
    assert len(run(students=[*grid[:-1], in_parts])["students"]) == len(grid)
    in_bf16 = look(teach(**last, precision="bf16"), teacher).folder
    with pytest.raises(BenchmarkImpossible, match="was trained with other settings than"):
        run(students=[*grid[:-1], in_bf16])


def test_the_same_data_under_another_name_are_the_same(
    run: Join, grid: Sequence[Path], tmp_path: Path
) -> None:
    facts = json.loads((grid[-1] / values.FILE).read_text("utf-8"))
    taught, tested = facts["origin"]["dataset"], facts["dataset"]
    other = change(
        grid[-1], tmp_path / "renamed",
        dataset=tested | {"name": "Else"}, origin__dataset=taught | {"name": "Else"},
    )  # fmt: skip
    assert len(run(students=[*grid[:-1], other])["students"]) == len(grid)


def test_a_student_is_no_teacher(run: Join, grid: Sequence[Path]) -> None:
    with pytest.raises(BenchmarkImpossible, match="measured beside its teacher, and is given as a"):
        run(teachers=grid[:1])


def test_teachers_of_one_name_are_told_apart(
    run: Join, of_teacher: Measured, grid: Sequence[Path], tmp_path: Path
) -> None:
    """A second one with students of its own, under the same name."""
    twin = change(of_teacher.folder, tmp_path / "twin", digest="1234567890")
    students = [
        change(folder, tmp_path / f"s{number}", teacher_digest="1234567890")
        for number, folder in enumerate(grid)
    ]
    told = run(teachers=[of_teacher.folder, twin], students=[*grid, *students])
    names = [each["name"] for each in told["teachers"]]
    assert names == [f"clip {of_teacher.facts['digest'][:8]}", "clip 12345678"]


def test_a_teacher_twice_is_refused(run: Join, of_teacher: Measured) -> None:
    with pytest.raises(BenchmarkImpossible, match="A teacher is there twice"):
        run(teachers=[of_teacher.folder, of_teacher.folder])


def test_a_folder_of_something_else_is_refused(run: Join, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(BenchmarkImpossible, match=r"'other' holds no measured\.json"):
        run(students=[tmp_path / "other"])
