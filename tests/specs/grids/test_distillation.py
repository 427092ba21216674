"""The study of distillation as a recipe: what is compared is all that differs between students."""

from typing import Any

import pytest
from pydantic import ValidationError

from specs.distillation.registry import FORMULATIONS
from specs.grids.distillation import JOIN, DistillationStudy
from specs.grids.methods import read_method
from specs.recipe import Step, plan


def make_study(**changes: Any) -> DistillationStudy:
    values: dict[str, Any] = {
        "name": "Five ways", "teachers": ["clip", "siglip2"], "dataset": "Captions",
        "test": "Report", "quiz": "Quiz", "steps": 50, "batch_size": 16,
    }  # fmt: skip
    return DistillationStudy.model_validate(values | changes)


def list_steps(study: DistillationStudy, kind: str) -> list[Step]:
    return [step for step in study.to_recipe().steps if step.kind == kind]


def test_every_teacher_teaches_by_every_method_with_every_seed() -> None:
    taught = list_steps(make_study(), "model.distill")
    assert len(taught) == 2 * len(FORMULATIONS) * 2
    told = {
        (step.spec["teacher"], step.spec["formulations"][0]["method"], step.spec["seed"])
        for step in taught
    }
    assert told == {
        (teacher, method, seed)
        for teacher in ("clip", "siglip2")
        for method in FORMULATIONS
        for seed in (0, 1)
    }


def test_students_have_the_same_data_steps_and_order_but_for_the_seed() -> None:
    compared = {"name", "teacher", "formulations", "seed"}
    same = [
        {name: value for name, value in step.spec.items() if name not in compared}
        for step in list_steps(make_study(start="fresh"), "model.distill")
    ]
    assert all(each == same[0] for each in same)
    assert same[0] == {
        "dataset": "Captions", "start": "fresh", "max_steps": 50, "batch_size": 16,
        "accumulation": 1, "learning_rate": 1e-4, "warmup_steps": 0, "precision": "fp32",
    }  # fmt: skip


def test_batches_of_every_student_go_through_the_device_as_the_study_says() -> None:
    """What does not fit whole is cut into parts, and what is large is computed in bf16."""
    wanted = {"accumulation": 8, "precision": "bf16", "warmup_steps": 5}
    for step in list_steps(make_study(**wanted), "model.distill"):
        assert {name: step.spec[name] for name in wanted} == wanted


def test_how_batches_are_computed_waits_behind_the_fold() -> None:
    fields = set(DistillationStudy.model_fields)
    assert fields - set(DistillationStudy.essentials) == {
        "accumulation", "warmup_steps", "precision", "device",
    }  # fmt: skip


def test_teachers_and_students_are_measured_alike_and_joined() -> None:
    study = make_study(methods=["dr"], seeds=[3])
    measured = list_steps(study, "distillation.measure")
    assert {(step.spec["dataset"], step.spec["quiz"]) for step in measured} == {("Report", "Quiz")}
    (joined,) = list_steps(study, "distillation.run")
    assert joined.name == JOIN
    assert dict(joined.needs) == {
        "teachers-1": "measure-1", "teachers-2": "measure-2",
        "students-1": "measure-1-1-3", "students-2": "measure-2-1-3",
    }  # fmt: skip


def test_the_plan_checks_data_and_measures_teachers_first_and_joins_last() -> None:
    names = [step.name for step in plan(make_study(seeds=[0]).to_recipe())]
    assert names[:3] == ["check", "measure-1", "measure-2"]
    assert names[3:6] == ["prepare-1", "prepare-2", "distil-1-1-0"]
    assert names[-1] == JOIN


def test_each_teacher_is_asked_once_for_all_its_students() -> None:
    study = make_study()
    told = {step.name: dict(step.spec) for step in list_steps(study, "distillation.prepare")}
    assert told == {
        f"prepare-{number}": {"teacher": teacher, "dataset": "Captions"}
        for number, teacher in enumerate(study.teachers, 1)
    }
    for step in list_steps(study, "model.distill"):
        assert told[step.needs["material"]]["teacher"] == step.spec["teacher"]


def test_data_are_checked_once_for_all_methods_and_the_study_waits_for_it() -> None:
    """A formulation with other weights needs nothing else, one with other settings may."""
    long = '{"method": "dr", "queue_size": 8192}'
    study = make_study(methods=["ed", "dr", "0.5 ed + 2 dr", long])
    (checked,) = list_steps(study, "distillation.check")
    needed = [(each["method"], each.get("queue_size")) for each in checked.spec["formulations"]]
    assert needed == [("ed", None), ("dr", 4096), ("dr", 8192)]
    assert (checked.spec["dataset"], checked.spec["batch_size"]) == ("Captions", 16)
    (joined,) = list_steps(study, "distillation.run")
    assert joined.after == (checked.name,)


@pytest.mark.parametrize(
    ("written", "label", "weights"),
    [
        ("dr", "DR", {"dr": 1.0}),
        ("0.5 ed + DR", "0.5 ED + DR", {"ed": 0.5, "dr": 1.0}),
        ('{"method": "mcl", "weight": 2}', "2 MCL", {"mcl": 2.0}),
        ('[{"method": "dr", "queue_size": 64}]', "DR (queue_size 64)", {"dr": 1.0}),
    ],
)
def test_a_combination_is_a_method_of_its_own(
    written: str, label: str, weights: dict[str, float]
) -> None:
    study = make_study(methods=[written])
    assert study.labels == [label]
    assert {each.method: each.weight for each in read_method(written)} == weights


def test_names_of_students_say_which_they_are() -> None:
    names = [step.spec["name"] for step in list_steps(make_study(), "model.distill")]
    assert names[0] == "Five ways: 1, FD, seed 0"
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"methods": ["dr", "DR"]}, "The method 'DR' is there twice"),
        ({"methods": ["dr + ed", "ED + DR"]}, "The method 'ED [+] DR' is there twice"),
        ({"methods": ["dr + dr"]}, "'dr [+] dr' has the formulation 'dr' twice; weigh it instead"),
        ({"methods": ["[" * 1000]}, "is neither names of formulations nor JSON"),
        (
            {"name": "n" * 80, "methods": ["0.25 fd + 0.5 ed + 0.75 sd + 0.1 mcl + dr"]},
            "longer than 120 characters: give the study a shorter name",
        ),
        ({"teachers": ["clip", "clip"]}, "The teacher 'clip' is there twice"),
        ({"seeds": [1, 1]}, "The seed '1' is there twice"),
        ({"test": "Captions"}, "measured on what they were taught on"),
        ({"accumulation": 3}, "A batch of 16 cannot be cut into 3 parts"),
        ({"methods": ["kd"]}, "'kd' is not a formulation"),
        ({"methods": ["dr ed"]}, "'dr ed' is not a formulation"),
        ({"methods": ["{dr"]}, "neither names of formulations nor JSON"),
        ({"seeds": list(range(20)), "teachers": list("abc")}, "makes 300 students; at most 200"),
    ],
)
def test_what_would_be_no_study_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make_study(**changes)
